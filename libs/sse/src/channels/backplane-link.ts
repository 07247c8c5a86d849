import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { InProcessBackplane } from '../backplane/in-process-backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { ChannelFanOut } from './channel-fan-out.js';
import { ChannelLosses } from './channel-losses.js';
import { DeadLetters } from './dead-letters.js';
import { NodeCommands } from './node-commands.js';
import { PresenceFeed } from './presence-feed.js';
import { SseNode } from './sse-node.js';
import { SseRevocations } from './sse-revocations.js';

/** Makes and starts the backplane that the options ask for. */
export async function startBackplane(options: ResolvedOptions, node: SseNode): Promise<Backplane> {
  const { backplane: choice } = options;
  const backplane =
    typeof choice === 'function' ? await choice({ nodeId: node.id }) : (choice ?? new InProcessBackplane());
  const { history, messageQueue } = options;
  await backplane.start(node, { history, messageQueue });
  return backplane;
}

/** Ties the node's ends together, and lets go of the backplane when everything else has ended. */
@Injectable()
export class BackplaneLink implements OnApplicationShutdown {
  private readonly lastWorks: (() => Promise<unknown>)[] = [];

  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    node: SseNode,
    fanOut: ChannelFanOut,
    losses: ChannelLosses,
    presence: PresenceFeed,
    commands: NodeCommands,
    revocations: SseRevocations,
    letters: DeadLetters,
  ) {
    node.connect({
      deliver: (message) => fanOut.deliver(message),
      lost: (loss) => losses.tell(loss),
      presence: (event) => presence.presence(event),
      resumed: () => revocations.readAgain(),
      buried: (dead) => letters.tell(dead),
      execute: (command) => commands.execute(command),
    });
  }

  /** Has something done when all streams have ended, while the engine is still there. */
  beforeClosing(work: () => Promise<unknown>): void {
    this.lastWorks.push(work);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.lastWorks.map((work) => work()));
    await this.backplane.close();
  }
}
