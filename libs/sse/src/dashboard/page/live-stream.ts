import { type LiveView, type Welcome } from './answers.js';
import { AnswerError, get } from './requests.js';

/**
 * How the page learns what it shows:
 *
 * - `connecting`: nothing has come yet
 * - `live`: by the stream
 * - `asking`: the server answers but gives no stream, as when it refuses new ones: it is asked again and again
 * - `away`: the server does not answer
 * - `refused`: it answers that this is not allowed
 */
export type LinkState = 'connecting' | 'live' | 'asking' | 'away' | 'refused';

export interface LiveListener {
  welcome(welcome: Welcome): void;
  look(view: LiveView): void;
  state(state: LinkState): void;
}

/** A look comes every second: after so long without one the stream is as good as dead, also where its socket is not. */
const SILENCE = 5_000;
/** So often it is looked after, and the server is asked where there is no stream. */
const CHECK = 2_000;
/** A stream that the browser has given up is opened anew after this. */
const REOPEN = 5_000;

/** The stream of looks, which goes on by itself whatever happens to it. */
export class LiveStream {
  private source: EventSource | undefined;
  private heardAt = 0;
  private openedAt = 0;
  private current: LinkState = 'connecting';
  /** The server has ended the stream for good, such as for a newer one of the same user, which must not be fought. */
  private isEnded = false;

  constructor(private readonly listener: LiveListener) {}

  start(): void {
    this.open();
    setInterval(() => void this.check(), CHECK);
  }

  private open(): void {
    this.source?.close();
    this.openedAt = performance.now();
    const source = new EventSource('live');
    source.addEventListener('welcome', ({ data }: MessageEvent<string>) => {
      this.listener.welcome(JSON.parse(data) as Welcome);
    });
    source.addEventListener('look', ({ data }: MessageEvent<string>) => {
      this.heardAt = performance.now();
      this.enter('live');
      this.listener.look(JSON.parse(data) as LiveView);
    });
    source.addEventListener('sse:end', () => {
      this.isEnded = true;
      source.close();
      void this.ask();
    });
    source.addEventListener('error', () => void this.check());
    this.source = source;
  }

  private async check(): Promise<void> {
    const now = performance.now();
    const isSilent = now - this.heardAt > SILENCE;
    const isOpen = this.source?.readyState === EventSource.OPEN;
    if (isOpen && !isSilent) return;
    const isGivenUp = this.source?.readyState === EventSource.CLOSED || (isOpen && isSilent);
    if (isGivenUp && !this.isEnded && now - this.openedAt > REOPEN) this.open();
    if (now - this.openedAt > CHECK || this.current !== 'connecting') await this.ask();
  }

  private async ask(): Promise<void> {
    const before = this.heardAt;
    try {
      const view = await get<LiveView>('look');
      if (this.heardAt !== before) return;
      this.enter('asking');
      this.listener.look(view);
    } catch (error) {
      if (this.heardAt !== before) return;
      const isRefused = error instanceof AnswerError && (error.status === 401 || error.status === 403);
      this.enter(isRefused ? 'refused' : 'away');
    }
  }

  private enter(state: LinkState): void {
    if (state === this.current) return;
    this.current = state;
    this.listener.state(state);
  }
}
