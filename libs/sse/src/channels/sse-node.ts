import { Injectable } from '@nestjs/common';
import { type BackplaneNode, type Loss, type NodeCommand } from '../backplane/backplane.js';
import { type PassedMessage } from '../backplane/channel-message.js';
import { type PresenceEvent } from '../backplane/presence-port.js';
import { type DeadLetter } from '../backplane/queue-port.js';
import { ConnectionIds } from './connection-ids.js';

/** This process, as its backplane sees it. What it hands on is told to it later: who executes needs the backplane too. */
@Injectable()
export class SseNode implements BackplaneNode {
  readonly connectionIds = new ConnectionIds();
  readonly id = this.connectionIds.node;
  private receiver: Omit<BackplaneNode, 'id'> | undefined;

  connect(receiver: Omit<BackplaneNode, 'id'>): void {
    this.receiver = receiver;
  }

  deliver(message: PassedMessage): void {
    this.receiver?.deliver(message);
  }

  lost(loss: Loss): void {
    this.receiver?.lost(loss);
  }

  presence(event: PresenceEvent): void {
    this.receiver?.presence(event);
  }

  resumed(): void {
    this.receiver?.resumed();
  }

  buried(dead: readonly DeadLetter[]): void {
    this.receiver?.buried(dead);
  }

  async execute(command: NodeCommand): Promise<void> {
    await this.receiver?.execute(command);
  }
}
