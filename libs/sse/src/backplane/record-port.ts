/** Small records with an end, known to all nodes: tickets, revocations, counts of attempts. */
export interface RecordPort {
  /**
   * Keeps a value for `ttl` milliseconds. Returns false, and changes nothing, if `ifAbsent` and there is one.
   *
   * @throws SseBackplaneError if the engine behind it is away, as all verbs here
   */
  put(key: string, value: string, options: { readonly ttl: number; readonly ifAbsent?: boolean }): Promise<boolean>;
  /** The value of a key; `undefined` if there is none, or its time is over. */
  get(key: string): Promise<string | undefined>;
  /** Gets a value and removes it, in one step: of two who take, one gets it. */
  take(key: string): Promise<string | undefined>;
  /** Counts this call, and returns how many there were in the window of so many milliseconds that the first one began. */
  count(
    key: string,
    window: number,
  ): Promise<{
    /** How many there were in the window, this one included. */
    readonly count: number;
    /** Milliseconds until the window ends. */
    readonly remaining: number;
  }>;
}
