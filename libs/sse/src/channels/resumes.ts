/** What became of clients that came back to this node's streams of channels, since the start. */
export class Resumes {
  /** They were given all that they had missed. */
  resumed = 0;
  /** They were told by `sse:reset` that it could not be had. */
  reset = 0;
}
