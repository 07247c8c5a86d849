import { createLogUpdate } from 'log-update';
import { type LoadReport, type LoadSample } from '../load-report.js';
import { liveFrame } from './live-frame.js';
import { type LoadPlan, type LoadView, type ViewOutput } from './load-view.js';
import { RunProgress } from './run-progress.js';
import { lineWidth, painted, type StyledLine } from './styled-line.js';
import { textReport } from './text-report.js';

const DEFAULT_SIZE = { columns: 80, rows: 24 };

/**
 * Numbers that are redrawn in place each second, below whatever has been said with `line`.
 *
 * log-update hides the cursor, and shows it again at the end, also where the process is killed or crashes.
 */
export class LiveView implements LoadView {
  readonly #progress: RunProgress;
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #resize = (): void => this.#redrawAfterResize();
  /** What stands on the screen now. */
  #frame: readonly StyledLine[] = [];

  constructor(
    private readonly output: ViewOutput,
    plan: LoadPlan,
  ) {
    this.#progress = new RunProgress(plan);
    this.#update = createLogUpdate(output as unknown as NodeJS.WritableStream);
    output.on('resize', this.#resize);
    this.#draw();
  }

  sample(sample: LoadSample): void {
    this.#progress.add(sample);
    this.#draw();
  }

  line(text: string): void {
    this.#update.clear();
    this.output.write(`${text}\n`);
    this.#draw();
  }

  end(report: LoadReport): void {
    this.output.off('resize', this.#resize);
    this.#update.clear();
    for (const line of textReport(report)) this.output.write(`${painted(line)}\n`);
    this.#update.done();
  }

  #draw(): void {
    const { columns, rows } = this.#size();
    // log-update ends the frame with a line break, for which a row is left.
    this.#frame = liveFrame(this.#progress, columns, rows - 1);
    this.#update(this.#frame.map(painted).join('\n'));
  }

  /**
   * A terminal that became narrower has broken the lines of the frame anew, so that they take more rows than log-update
   * knows of: those are erased here, and it begins again.
   */
  #redrawAfterResize(): void {
    const { columns } = this.#size();
    const rows = this.#frame.reduce((sum, line) => sum + Math.max(1, Math.ceil(lineWidth(line) / columns)), 0);
    if (rows > 0) this.output.write(`\u001b[${rows}F\u001b[J`);
    this.#update.done();
    this.#draw();
  }

  #size(): { columns: number; rows: number } {
    return { columns: this.output.columns || DEFAULT_SIZE.columns, rows: this.output.rows || DEFAULT_SIZE.rows };
  }
}
