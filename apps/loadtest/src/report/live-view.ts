import { createLogUpdate } from 'log-update';
import process from 'node:process';
import { type LoadReport, type LoadSample } from '../load-report.js';
import { liveFrame } from './live-frame.js';
import { type LoadPlan, type LoadView, type ViewOutput } from './load-view.js';
import { printableLines } from './printable.js';
import { RunProgress } from './run-progress.js';
import { lineWidth, painted, type StyledLine } from './styled-line.js';
import { textReport } from './text-report.js';

const [HIDE_CURSOR, SHOW_CURSOR] = ['\u001b[?25l', '\u001b[?25h'];

/** Numbers that are redrawn in place each second, below whatever has been said with `line`. */
export class LiveView implements LoadView {
  readonly #progress: RunProgress;
  readonly #screen: SizedScreen;
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #resize = (): void => this.#redrawAfterResize();
  /** A crash ends the process, too. */
  readonly #showCursor = (): void => void this.output.write(SHOW_CURSOR);
  /** What stands on the screen now. */
  #frame: readonly StyledLine[] = [];

  constructor(
    private readonly output: ViewOutput,
    plan: LoadPlan,
  ) {
    this.#progress = new RunProgress(plan);
    this.#screen = new SizedScreen(output);
    this.#update = createLogUpdate(this.#screen as unknown as NodeJS.WritableStream, { showCursor: true });
    output.on('resize', this.#resize);
    output.write(HIDE_CURSOR);
    process.once('exit', this.#showCursor);
    this.#draw();
  }

  sample(sample: LoadSample): void {
    this.#progress.add(sample);
    this.#draw();
  }

  line(text: string): void {
    this.#update.clear();
    this.output.write(`${printableLines(text)}\n`);
    this.#draw();
  }

  end(report: LoadReport): void {
    this.output.off('resize', this.#resize);
    this.#update.clear();
    for (const line of textReport(report)) this.output.write(`${painted(line)}\n`);
    this.#showCursor();
    process.off('exit', this.#showCursor);
  }

  #draw(): void {
    const { columns, rows } = this.#screen;
    // log-update ends the frame with a line break, for which a row is left.
    this.#frame = liveFrame(this.#progress, columns, rows - 1);
    this.#update(this.#frame.map(painted).join('\n'));
  }

  /**
   * A terminal that became narrower has broken the lines of the frame anew, so that they take more rows than log-update
   * knows of: those are erased here, and it begins again.
   */
  #redrawAfterResize(): void {
    const { columns } = this.#screen;
    const rows = this.#frame.reduce((sum, line) => sum + Math.max(1, Math.ceil(lineWidth(line) / columns)), 0);
    if (rows > 0) this.output.write(`\u001b[${rows}F\u001b[J`);
    this.#update.done();
    this.#draw();
  }
}

/** Some terminals do not know how large they are, and say 0. */
class SizedScreen {
  constructor(private readonly output: ViewOutput) {}

  get columns(): number {
    return this.output.columns || 80;
  }

  get rows(): number {
    return this.output.rows || 24;
  }

  write(text: string): boolean {
    return this.output.write(text);
  }
}
