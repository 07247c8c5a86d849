import { type LoadReport, type LoadSample } from '../load-report.js';

/** What a run is asked to do, as the views need it. */
export interface LoadPlan {
  urls: readonly string[];
  /** How many streams are to be opened. */
  connections: number;
  /** How long they are held once all were opened, in seconds. */
  duration: number;
}

/** Where a run is shown while it goes on. */
export interface LoadView {
  /** What the last second was like. */
  sample(sample: LoadSample): void;
  /** Something to say beside the numbers; it stays on the screen. */
  line(text: string): void;
  /** The run is over. Nothing is called after it. */
  end(report: LoadReport): void;
}

/** As much of `process.stdout` as a view uses. */
export interface ViewOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): boolean;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}
