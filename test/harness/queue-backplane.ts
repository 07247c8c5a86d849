import { type BackplaneNode, type BackplaneSettings, type Loss, SseBackplaneError } from 'nestjs-event-stream';
import { InProcessBackplane } from '../../libs/sse/src/backplane/in-process-backplane.js';

/** A call of a queue's verb that the library made. */
interface QueueCall {
  readonly verb: 'enqueue' | 'queued' | 'attempt' | 'taken';
  readonly args: readonly unknown[];
}

/** A backplane of one node that notes what is asked of its queues, fails when a test wants, and may deliver nothing. */
export class QueueBackplane extends InProcessBackplane {
  readonly calls: QueueCall[] = [];
  /** Whether the engine is away for this call. */
  isAway: (call: QueueCall) => boolean = () => false;
  /** What is published does not reach this node. */
  isDeaf = false;
  private node: BackplaneNode | undefined;

  override start(node: BackplaneNode, settings: BackplaneSettings): Promise<void> {
    this.node = node;
    return super.start(
      {
        id: node.id,
        deliver: (message) => {
          if (!this.isDeaf) node.deliver(message);
        },
        lost: (loss) => node.lost(loss),
        resumed: () => node.resumed(),
        buried: (dead) => node.buried(dead),
        presence: (event) => node.presence(event),
        execute: (command) => node.execute(command),
      },
      settings,
    );
  }

  /** Tells the node that it has lost something. */
  lose(loss: Loss): void {
    this.node?.lost(loss);
  }

  callsOf(verb: QueueCall['verb']): (readonly unknown[])[] {
    return this.calls.filter((call) => call.verb === verb).map(({ args }) => args);
  }

  override enqueue(...args: Parameters<InProcessBackplane['enqueue']>): ReturnType<InProcessBackplane['enqueue']> {
    return this.ask('enqueue', args, () => super.enqueue(...args));
  }

  override queued(...args: Parameters<InProcessBackplane['queued']>): ReturnType<InProcessBackplane['queued']> {
    return this.ask('queued', args, () => super.queued(...args));
  }

  override attempt(...args: Parameters<InProcessBackplane['attempt']>): ReturnType<InProcessBackplane['attempt']> {
    return this.ask('attempt', args, () => super.attempt(...args));
  }

  override taken(...args: Parameters<InProcessBackplane['taken']>): ReturnType<InProcessBackplane['taken']> {
    return this.ask('taken', args, () => super.taken(...args));
  }

  private ask<T>(verb: QueueCall['verb'], args: readonly unknown[], act: () => Promise<T>): Promise<T> {
    const call = { verb, args };
    this.calls.push(call);
    return this.isAway(call) ? Promise.reject(new SseBackplaneError('The engine is away.')) : act();
  }
}
