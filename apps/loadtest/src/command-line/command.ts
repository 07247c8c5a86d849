import { type Thresholds } from '../measuring/verdicts.js';
import { type RequestPlan } from '../opening/request-template.js';
import { type PublishPlan } from '../publishing/publish-plan.js';
import { type CutMode } from '../reading/stream-socket.js';

/** What a command line asks for. */
export interface Command {
  request: RequestPlan;
  tokens?: { from: 'command' | 'lines'; command: string };
  connections: number;
  /** ms from one opening to the next. */
  interval: number;
  concurrency: number;
  /** Seconds. */
  duration: number;
  /** Seconds. */
  timeout: number;
  reconnect: boolean;
  cut: CutMode;
  verify: boolean;
  /** Seconds. */
  settle: number;
  publish?: PublishPlan;
  thresholds: Thresholds;
  /** Where the report goes. */
  json?: string;
  html?: string;
}
