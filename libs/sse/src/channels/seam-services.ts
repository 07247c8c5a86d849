import { type Backlog } from './backlog.js';
import { type ChannelCatchUp } from './channel-catch-up.js';
import { type ChannelDebts } from './channel-debts.js';
import { type ChannelPast } from './channel-past.js';
import { type Checkpoints } from './checkpoints.js';
import { type EnginePatience } from './engine-patience.js';
import { type Resumes } from './resumes.js';

/** What all seams share. */
export interface SeamServices {
  readonly catchUp: ChannelCatchUp;
  readonly debts: ChannelDebts;
  readonly past: ChannelPast;
  readonly checkpoints: Checkpoints;
  readonly backlog: Backlog;
  readonly engine: EnginePatience;
  readonly resumes: Resumes;
}

/** Injects the {@link SeamServices}. */
export const SEAM_SERVICES = Symbol('sse:seam-services');
