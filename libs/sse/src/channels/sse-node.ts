import { Injectable } from '@nestjs/common';
import { type BackplaneNode, type ChannelMessage, type NodeCommand } from '../backplane/backplane.js';
import { ConnectionIds } from './connection-ids.js';

/** This process, as its backplane sees it. What it hands on is told to it later: who executes needs the backplane too. */
@Injectable()
export class SseNode implements BackplaneNode {
  readonly connectionIds = new ConnectionIds();
  readonly id = this.connectionIds.node;
  private receiver: Pick<BackplaneNode, 'deliver' | 'execute'> | undefined;

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
