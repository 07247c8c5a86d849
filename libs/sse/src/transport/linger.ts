import { type RawResponse } from './http-exchange.js';

/** An ended response has this long to reach its client, in milliseconds. */
const PATIENCE = 5_000;
const LOOK_EVERY = 1_000;

/**
 * Responses that were ended and have not reached their client. The end waits behind what the client did not take, for
 * ever if it never reads, so whoever is not done in time is cut. One timer for all, and none while there is nobody.
 */
export class Linger {
  private readonly deadlines = new Map<RawResponse, number>();
  private timer: NodeJS.Timeout | undefined;
  private settled: (() => void)[] = [];

  watch(response: RawResponse): void {
    if (response.destroyed) return;
    this.deadlines.set(response, performance.now() + PATIENCE);
    response.once('close', () => this.forget(response));
    this.timer ??= setInterval(this.cutLate, LOOK_EVERY).unref();
  }

  /** Resolves when every response has reached its client, or was cut after `timeout` milliseconds. */
  async settle(timeout: number): Promise<void> {
    if (this.deadlines.size === 0) return;
    const now = performance.now();
    for (const response of this.deadlines.keys()) this.deadlines.set(response, now + timeout);
    const cut = setTimeout(() => this.cutConnections(), timeout);
    await new Promise<void>((resolve) => this.settled.push(resolve));
    clearTimeout(cut);
  }

  private readonly cutLate = () => this.cut(performance.now());

  private cut(now: number): void {
    for (const [response, deadline] of this.deadlines) {
      if (deadline > now) continue;
      response.destroy();
      this.forget(response);
    }
  }

  /** On HTTP/2 a session that can't flush would outlive its streams, and hold the server open. */
  private cutConnections(): void {
    for (const response of this.deadlines.keys()) {
      if ('stream' in response) response.stream.session?.destroy();
      else response.destroy();
      this.forget(response);
    }
  }

  private forget(response: RawResponse): void {
    this.deadlines.delete(response);
    if (this.deadlines.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
    for (const resolve of this.settled.splice(0)) resolve();
  }
}
