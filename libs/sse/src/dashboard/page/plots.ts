import { type LiveView, type PastLook } from './answers.js';
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

  /** Begins with what the server has seen before, where the page has seen nothing yet. */
  recall(past: readonly PastLook[]): void {
    let first = 0;
    PLOTS.forEach(({ lines }, index) => {
      this.plots[index]?.recall(past, first);
      first += lines.length;
    });
  }

  private draw(): void {
    if (document.hidden) return;
    for (const plot of this.plots) plot.draw();
  }
}
