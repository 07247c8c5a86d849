/** What a client saw, in order. */
export type Sight =
  | { readonly what: 'connect'; readonly to: string; readonly lastEventId: string }
  | { readonly what: 'open' }
  | { readonly what: 'checkpoint'; readonly id: string }
  | { readonly what: 'event'; readonly token: number; readonly id?: string }
  | { readonly what: 'reset'; readonly reason: string; readonly channels: readonly string[]; readonly id?: string }
  | { readonly what: 'dropped'; readonly count: number; readonly reason: string; readonly id?: string }
  | { readonly what: 'other'; readonly type: string; readonly data: string; readonly id?: string }
  | { readonly what: 'end'; readonly how: string };

/** A sight with the time since the seed began, in milliseconds. */
export type Entry = Sight & { readonly at: number };

/** A client, and everything that it saw over all its connections. */
export interface Trace {
  readonly client: string;
  readonly user: string;
  /** What its stream listens to, audiences included. */
  readonly channels: readonly string[];
  readonly entries: readonly Entry[];
  /** It stayed until the end, so that it must have come to the markers. */
  readonly survived: boolean;
  /**
   * Up to then bytes that the application had sent may have been swallowed on a connection that lived on: what the kernel
   * took counts as taken after a while, which the message queue does not promise against. The history does.
   */
  readonly swallowedUntil?: number;
}
