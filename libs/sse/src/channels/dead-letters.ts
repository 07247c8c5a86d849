import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import { type DeadLetter } from '../backplane/queue-port.js';
import { type EventFields } from '../protocol/event-block.js';

/** Why a message left its queue without having been taken, and what became of it until then. */
export interface DeadLetterInfo {
  /** The id with which it was published. */
  readonly id: string;
  /**
   * `attempts`: it was sent `messageQueue.maxAttempts` times · `expired`: it was older than `messageQueue.ttl`, or than its
   * own `ttl` · `overflow`: it was the oldest when the queue was full.
   */
  readonly reason: DeadLetter['reason'];
  /** How often it was sent to its user when he came back. */
  readonly attempts: number;
}

/** A message that left its queue without having been taken. */
export interface SseDeadLetter {
  /** For whom it was. */
  readonly userId: string;
  /** What it was, with its data as text: enqueued again, it is the same event. */
  readonly event: EventFields;
  /** Why, and what became of it until then. */
  readonly info: DeadLetterInfo;
}

/** Where messages end that could not be delivered: counted, and told to whoever wants to know. */
@Injectable()
export class DeadLetters {
  /** How many there were, by the reason. */
  readonly counts: Record<DeadLetter['reason'], number> = { attempts: 0, expired: 0, overflow: 0 };
  private readonly letters = new Subject<SseDeadLetter>();
  readonly letters$ = this.letters.asObservable();

  /** Of each letter one caller of the engine hears, on whichever node: it is told here and nowhere else. */
  tell(dead: readonly DeadLetter[]): void {
    for (const { userId, letter, reason } of dead) {
      this.counts[reason]++;
      const { id, attempts, message } = letter;
      const { type, data, retry, comment } = message;
      this.letters.next({ userId, event: { type, data, retry, comment }, info: { id, reason, attempts } });
    }
  }
}
