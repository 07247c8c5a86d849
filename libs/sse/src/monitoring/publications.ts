import { Injectable } from '@nestjs/common';
import { MessageQueue } from '../channels/message-queue.js';
import { SseBroadcaster } from '../channels/sse-broadcaster.js';

/** What this node has published, by whichever way. */
@Injectable()
export class Publications {
  constructor(
    private readonly broadcaster: SseBroadcaster,
    private readonly queue: MessageQueue,
  ) {}

  get count(): number {
    return this.broadcaster.published + this.queue.stats.enqueued;
  }
}
