import { type LiveView } from './answers.js';
import { byId } from './element.js';
import { Plot } from './plot.js';
import { PLOTS } from './plot-list.js';

/** All plots of the page. */
export class Plots {
  private readonly plots = PLOTS.map((description) => new Plot(description));
  private readonly box = byId('plots');

  constructor() {
    this.box.replaceChildren(...this.plots.map(({ node }) => node));
    document.addEventListener('visibilitychange', () => this.draw());
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      for (const plot of this.plots) plot.recolour();
    });
  }

  add(view: LiveView): void {
    for (const plot of this.plots) plot.add(view);
    this.draw();
  }

  private draw(): void {
    if (document.hidden) return;
    for (const plot of this.plots) plot.draw();
  }
}
