import { type LoadReport, type LoadSample } from '../load-report.js';
import { countLine } from './count-line.js';
import { type LoadView, type ViewOutput } from './load-view.js';
import { printableLines } from './printable.js';
import { plainText } from './styled-line.js';
import { textReport } from './text-report.js';

/** Seconds from one line to the next. */
const INTERVAL = 10;

/** For a file, a pipe or a build server: a line every 10 s, the report at the end, and no escape code. */
export class PlainView implements LoadView {
  #shown: LoadSample | undefined;
  #next = INTERVAL;

  constructor(private readonly output: Pick<ViewOutput, 'write'>) {}

  sample(sample: LoadSample): void {
    if (Math.round(sample.seconds) < this.#next) return;
    this.line(countLine(sample, this.#shown));
    this.#shown = sample;
    this.#next = (Math.floor(Math.round(sample.seconds) / INTERVAL) + 1) * INTERVAL;
  }

  line(text: string): void {
    this.output.write(`${printableLines(text)}\n`);
  }

  end(report: LoadReport): void {
    for (const line of ['', ...textReport(report).map(plainText)]) this.line(line);
  }
}
