import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { randomBytes, randomUUID } from 'node:crypto';
import { type Backplane, type BackplaneNode, type ChannelMessage, type NodeCommand } from '../backplane/backplane.js';
import { InProcessBackplane } from '../backplane/in-process-backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { ChannelFanOut } from './channel-fan-out.js';
import { NodeCommands } from './node-commands.js';

/** This process, as its backplane sees it. What it hands on is told to it later: who executes needs the backplane too. */
@Injectable()
export class SseNode implements BackplaneNode {
  readonly id = randomBytes(6).toString('base64url');
  private receiver: Pick<BackplaneNode, 'deliver' | 'execute'> | undefined;

  /** Names a connection so that its node can be told from it, and nobody can guess it (122 random bits). */
  newConnectionId(): string {
    return `${this.id}.${randomUUID()}`;
  }

  connect(receiver: Pick<BackplaneNode, 'deliver' | 'execute'>): void {
    this.receiver = receiver;
  }

  deliver(message: ChannelMessage): void {
    this.receiver?.deliver(message);
  }

  async execute(command: NodeCommand): Promise<void> {
    await this.receiver?.execute(command);
  }
}

/** Makes and starts the backplane that the options ask for. */
export async function startBackplane(options: ResolvedOptions, node: SseNode): Promise<Backplane> {
  const { backplane: choice } = options;
  const backplane =
    typeof choice === 'function' ? await choice({ nodeId: node.id }) : (choice ?? new InProcessBackplane());
  await backplane.start(node);
  return backplane;
}

/** Ties the node's ends together, and lets go of the backplane when everything else has ended. */
@Injectable()
export class BackplaneLink implements OnApplicationShutdown {
  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    node: SseNode,
    fanOut: ChannelFanOut,
    commands: NodeCommands,
  ) {
    node.connect({
      deliver: (message) => fanOut.deliver(message),
      execute: (command) => commands.execute(command),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.backplane.close();
  }
}
