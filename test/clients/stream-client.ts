/** What a client gives its application. */
export interface Got {
  readonly type: string;
  readonly data: string;
  readonly id: string;
}

/** What the tests hear of a client. */
export interface Listener {
  got(event: Got): void;
  /** It does not try again. */
  gaveUp(): void;
  /** It says that it is going to try again; few do. */
  willTryAgain(): void;
}

/** A program or a library that people read event streams with. */
export interface StreamClient {
  /** Reads from here, until it is closed, or gives up. */
  open(url: string, listener: Listener): Promise<void>;
  close(): Promise<void> | void;
  /** The program that stands behind all of its streams, if there is one. */
  end?(): Promise<void> | void;
}

/** Types that an EventSource has to be asked for by name. */
export const TYPES = ['message', 'hi', 'empty', 'sse:end'];
