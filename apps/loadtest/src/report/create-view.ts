import process from 'node:process';
import { type LoadPlan, type LoadView, type ViewOutput } from './load-view.js';
import { LiveView } from './live-view.js';
import { PlainView } from './plain-view.js';

export interface ViewOptions extends LoadPlan {
  stdout: ViewOutput;
  /** Default: that of the process. */
  env?: NodeJS.ProcessEnv;
}

/** Numbers redrawn in place where somebody looks at a terminal, and plain lines where not. */
export function createView({ stdout, env = process.env, ...plan }: ViewOptions): LoadView {
  return isLive(stdout, env) ? new LiveView(stdout, plan) : new PlainView(stdout);
}

/** Who sets `NO_COLOR`, or has a terminal that can do little, wants no escape code; the log of a build server is no screen. */
function isLive({ isTTY }: ViewOutput, { TERM, NO_COLOR, CI }: NodeJS.ProcessEnv): boolean {
  return isTTY === true && TERM !== 'dumb' && !NO_COLOR && (!CI || CI === 'false');
}
