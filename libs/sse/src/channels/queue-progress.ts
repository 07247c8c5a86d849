import { type QueuedMessage } from '../backplane/queue-port.js';
import { parseEventId } from '../protocol/event-id.js';

/** Whether the message was published in this log, and not in one before it, whose numbers mean nothing here. */
export function isOfLog({ id }: QueuedMessage, epoch: string | undefined): boolean {
  return parseEventId(id)?.epoch === epoch;
}

/** How far one connection has been given what waits for its user. */
export class QueueProgress {
  /** Of the messages up to here it was seen to whose try is counted. */
  tried = 0;
  /** The number of the last that it was given of each log: numbers of one say nothing of another. */
  private readonly through = new Map<string, number>();

  constructor(private epoch: string | undefined) {}

  has({ id, sequence }: QueuedMessage): boolean {
    return sequence <= (this.through.get(parseEventId(id)?.epoch ?? '') ?? 0);
  }

  add({ id, sequence }: QueuedMessage): void {
    this.reachIn(parseEventId(id)?.epoch ?? '', sequence);
  }

  /** In other ways too it was given all up to this number. */
  reach(sequence: number): void {
    this.reachIn(this.epoch ?? '', sequence);
  }

  /** The log is another one from here on. It may have been given messages of it already. */
  goOver(epoch: string): void {
    this.epoch = epoch;
  }

  private reachIn(epoch: string, sequence: number): void {
    this.through.set(epoch, Math.max(this.through.get(epoch) ?? 0, sequence));
  }
}
