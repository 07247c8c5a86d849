/** Where the streams of a load stand. */
export interface LoadCounts {
  /** Begun so far; the sum of all that follow, `opened` aside. */
  started: number;
  /** Begun, and not answered yet. */
  opening: number;
  /** Open now. */
  open: number;
  /** Open now or once. */
  opened: number;
  /** Answers that were no event stream, by status. A 200 of another content type is among them. */
  refused: Record<string, number>;
  /** Never answered, by error code. */
  failed: Record<string, number>;
  /** Ended by the server in good order. */
  ended: number;
  /** Lost while open, by error code: `ECONNRESET`, or `CLOSED` in the middle of the body. */
  dropped: Record<string, number>;
  /** Cut by us. */
  cut: number;
  events: number;
  bytes: number;
}

export function noCounts(): LoadCounts {
  return {
    started: 0,
    opening: 0,
    open: 0,
    opened: 0,
    refused: {},
    failed: {},
    ended: 0,
    dropped: {},
    cut: 0,
    events: 0,
    bytes: 0,
  };
}

/** The sum over all statuses or codes. */
export function total(by: Record<string, number>): number {
  return Object.values(by).reduce((sum, count) => sum + count, 0);
}
