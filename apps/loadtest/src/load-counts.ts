/** Where the streams of a load stand. */
export interface LoadCounts {
  /** Begun so far; the sum of all that follow, `opened`, `reconnected` and `waiting` aside. One that comes back is begun anew. */
  started: number;
  /** Begun, and not answered yet. */
  opening: number;
  /** Open now. */
  open: number;
  /** Open now or once; who comes back is not counted again. */
  opened: number;
  /** How often a stream was opened again that had been open before. */
  reconnected: number;
  /** Will come back after the time that their server has told them. */
  waiting: number;
  /**
   * Answers that were no event stream, by status. A 200 of another content type is among them. Under `retry` those that came
   * to an end having said nothing but when to come back, where streams do come back.
   */
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
    reconnected: 0,
    waiting: 0,
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
