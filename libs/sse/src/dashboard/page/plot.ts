import type UPlot from 'uplot';
import { type LiveView, type PastLook } from './answers.js';
import { element, setText } from './element.js';
import { History } from './history.js';
import { type PlotDescription } from './plot-list.js';

/** Made by the script that `index.html` loads before this one. */
declare const uPlot: typeof UPlot;

/** Seconds that a plot shows at least and at most. */
const [LEAST, MOST] = [60, 300];
const POWERS_OF_TWO = Array.from({ length: 50 }, (_, exponent) => 2 ** exponent);
const TENTHS = [0.1, 0.2, 0.5];
const STEPS = Array.from({ length: 12 }, (_, exponent) => [1, 2, 5].map((step) => step * 10 ** exponent)).flat();
/** Half of a time, in pixels: one at an end of the axis would be cut off, or stand in the way of the other axis. */
const TIME_WIDTH = 24;
/** Plots follow the cursor together, so that what happened at one time is seen in all of them. */
const TOGETHER = 'dashboard';

/** One plot with its title, the values of its lines in words, and a note. */
export class Plot {
  readonly node: HTMLElement;
  private readonly history: History;
  private readonly plot: UPlot;
  private readonly values: HTMLElement[];
  private readonly level = element('span', { class: 'level' });
  private readonly note = element('p', { class: 'note' });
  /** Which look the cursor points at; none for the last one. */
  private pointed: number | undefined;

  constructor(private readonly description: PlotDescription) {
    const { title, lines } = description;
    this.history = new History(lines.map(({ valueOf }) => valueOf));
    this.values = lines.map(() => element('dd', {}, '–'));
    const legend = lines.flatMap(({ name }, index) => {
      const mark = element('span', { class: `swatch swatch-${index}` });
      return [element('div', {}, element('dt', {}, mark, name), this.values[index] ?? '')];
    });
    const drawing = element('div', { class: 'drawing', 'aria-hidden': 'true' });
    const heading = element('header', {}, element('h3', {}, title), this.level);
    this.node = element('article', { class: 'plot' }, heading, element('dl', {}, ...legend), drawing, this.note);
    this.plot = new uPlot(this.options(), this.data(), drawing);
    new ResizeObserver(() => this.fit(drawing)).observe(drawing);
  }

  add(view: LiveView): void {
    this.history.add(view, Date.now());
    const { watched, note } = this.description;
    const level = (watched !== undefined && view.levels[watched]) || 'normal';
    this.node.dataset.level = level;
    setText(this.level, level === 'normal' ? '' : level);
    setText(this.note, note(view));
  }

  /** @param first the index of the first of its lines among all that were plotted */
  recall(past: readonly PastLook[], first: number): void {
    if (this.history.times.length > 0) return;
    const now = Date.now();
    const end = first + this.description.lines.length;
    for (const { ago, values } of past) this.history.addValues(values.slice(first, end), now - ago);
  }

  /** Draws what was added since: nothing is drawn for a page that is not in sight. */
  draw(): void {
    this.plot.setData(this.data());
    this.tellValues();
  }

  /** Takes the colours anew. */
  recolour(): void {
    this.plot.redraw();
  }

  private data(): UPlot.AlignedData {
    return [this.history.times, ...this.description.lines.map((_, index) => this.history.column(index))];
  }

  /** As large as the style sheet says. */
  private fit({ clientWidth: width, clientHeight: height }: HTMLElement): void {
    if (width > 0 && height > 0) this.plot.setSize({ width, height });
  }

  private tellValues(): void {
    const index = this.pointed ?? this.history.times.length - 1;
    this.values.forEach((node, line) => {
      const value = this.history.column(line)[index];
      setText(node, value === undefined || value === null ? '–' : this.description.format(value));
    });
  }

  private options(): UPlot.Options {
    const { lines, format, counts } = this.description;
    const axis = { stroke: () => colour('--muted'), font: '11px system-ui, sans-serif', ticks: { show: false } };
    const grid = { stroke: () => colour('--line'), width: 1 };
    return {
      width: 260,
      height: 116,
      padding: [8, 4, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: TOGETHER }, points: { size: 6 } },
      scales: {
        x: { time: true, range: (_plot, _least, last) => [last - this.span(), last] },
        y: { range: (_plot, _least, highest) => [0, Math.max(highest * 1.15, counts === 'bytes' ? 1_024 : 1)] },
      },
      axes: [
        { ...axis, grid: { show: false }, size: 22, gap: 4, space: 70, values: timesOf },
        {
          ...axis,
          grid,
          size: 52,
          gap: 4,
          space: 28,
          incrs: counts === 'bytes' ? POWERS_OF_TWO : counts === 'whole' ? STEPS : [...TENTHS, ...STEPS],
          values: (_plot, splits) => splits.map((value) => format(value)),
        },
      ],
      series: [
        {},
        ...lines.map(({ name }, index) => ({
          label: name,
          width: 1.75,
          stroke: () => colour(`--line-${index}`),
          fill: index === 0 ? () => colour('--line-0-area') : undefined,
          points: { show: false },
        })),
      ],
      hooks: {
        setCursor: [
          ({ cursor }) => {
            this.pointed = cursor.idx ?? undefined;
            this.tellValues();
          },
        ],
      },
    };
  }

  /** It grows with what there is to be seen. */
  private span(): number {
    const [first = 0] = this.history.times;
    return Math.min(MOST, Math.max(LEAST, (this.history.times.at(-1) ?? 0) - first));
  }
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

function timesOf(plot: UPlot, splits: readonly number[]): string[] {
  const fits = (place: number) => place >= TIME_WIDTH && place + TIME_WIDTH <= plot.over.clientWidth;
  return splits.map((seconds) => (fits(plot.valToPos(seconds, 'x')) ? time(seconds) : ''));
}

function time(seconds: number): string {
  const date = new Date(seconds * 1_000);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  const shown = date.getSeconds() === 0 ? parts.slice(0, 2) : parts;
  return shown.map((part) => String(part).padStart(2, '0')).join(':');
}
