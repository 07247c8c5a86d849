import { type Attachment } from './attachment.js';
import { jitter } from './jitter.js';
import { type SseConnection } from './sse-connection.js';
import { type TimerWheel, WheelEntry } from './timer-wheel.js';

/** Ends a connection at its maximum age, a little sooner at random: those who came together are not to leave together. */
export class MaxAge extends WheelEntry implements Attachment {
  private constructor(
    private readonly connection: SseConnection,
    private readonly wheel: TimerWheel,
  ) {
    super();
  }

  static watch(connection: SseConnection, wheel: TimerWheel): void {
    const { maxAge } = connection.settings.connections;
    if (maxAge === null) return;
    const entry = new MaxAge(connection, wheel);
    wheel.add(entry, jitter(maxAge, 0.2, 0));
    connection.attach('age', entry);
  }

  release(): void {
    this.wheel.cancel(this);
  }

  override run(): void {
    this.connection.close('max-age');
  }
}
