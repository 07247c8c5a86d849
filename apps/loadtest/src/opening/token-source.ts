/** Where the token, or the ticket, of each stream comes from. */
export interface TokenSource {
  /** @throws {TokenError} when there is none for this stream */
  next(index: number): Promise<string>;
  /** Ends the commands that still run. */
  close(): void;
}

/** A command gave no token. */
export class TokenError extends Error {
  readonly code = 'NO_TOKEN';
}

/** The first token is asked for before anything else, so that a wrong command fails at once and not a thousand times. */
export class CheckedTokenSource implements TokenSource {
  #first: string | undefined;

  constructor(private readonly source: TokenSource) {}

  /** @throws {TokenError} when there is no first token */
  async check(): Promise<void> {
    this.#first = await this.source.next(0);
  }

  next(index: number): Promise<string> {
    const first = this.#first;
    this.#first = undefined;
    return first === undefined ? this.source.next(index) : Promise.resolve(first);
  }

  close(): void {
    this.source.close();
  }
}
