import { type Subscribed } from 'nestjs-event-stream';
import { InProcessBackplane } from '../../libs/sse/src/backplane/in-process-backplane.js';

/** What a call waits for, or fails by, before it takes effect. */
type Obstacle = (channel: string) => Promise<void> | undefined;

/** A backplane of one node whose engine is as slow, and as often away, as a test wants. */
export class FakeBackplane extends InProcessBackplane {
  readonly subscribed = new Set<string>();
  beforeSubscribe: Obstacle = () => undefined;
  beforeUnsubscribe: Obstacle = () => undefined;

  /** Not async: an obstacle that throws does so at once. */
  override subscribe(channel: string): Promise<Subscribed> {
    return Promise.resolve(this.beforeSubscribe(channel)).then(() => {
      this.subscribed.add(channel);
      return super.subscribe(channel);
    });
  }

  override unsubscribe(channel: string): Promise<void> {
    return Promise.resolve(this.beforeUnsubscribe(channel)).then(() => {
      this.subscribed.delete(channel);
      return super.unsubscribe(channel);
    });
  }
}
