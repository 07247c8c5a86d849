import { Inject, Injectable } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { ChannelLogs } from './channel-logs.js';

/** Reads from the engine what this node does not have of a channel: once for all who ask at the same time. */
@Injectable()
export class HistoryReader {
  /** Reads of the engine, in all. */
  reads = 0;
  private readonly reading = new Map<string, Promise<void>>();

  constructor(
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    private readonly logs: ChannelLogs,
  ) {}

  /** @throws SseBackplaneError if the engine is away, or has begun anew and this node does not know yet */
  read(channel: string): Promise<void> {
    const underWay = this.reading.get(channel);
    if (underWay) return underWay;
    const read = this.readNow(channel).finally(() => this.reading.delete(channel));
    this.reading.set(channel, read);
    return read;
  }

  private async readNow(channel: string): Promise<void> {
    this.reads++;
    const history = await this.backplane.history(channel);
    if (history.epoch !== this.logs.epoch) {
      throw new SseBackplaneError(`The log of ${channel} has begun anew, which this node is about to hear: ask again.`);
    }
    this.logs.extend(channel, history);
  }
}
