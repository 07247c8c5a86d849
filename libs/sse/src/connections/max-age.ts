import { jitter } from './jitter.js';
import { type SseConnection } from './sse-connection.js';
import { type TimerWheel, WheelEntry } from './timer-wheel.js';

/** Ends a connection when it has been open for its maximum age, a little sooner at random: a crowd is not to leave at once. */
export class MaxAge extends WheelEntry {
  private constructor(private readonly connection: SseConnection) {
    super();
  }

  static watch(connection: SseConnection, wheel: TimerWheel): void {
    const { maxAge } = connection.settings.connections;
    if (maxAge === null) return;
    const entry = new MaxAge(connection);
    wheel.add(entry, jitter(maxAge, 0.2, 0));
    connection.onEnd(() => wheel.cancel(entry));
  }

  override run(): void {
    this.connection.close('max-age');
  }
}
