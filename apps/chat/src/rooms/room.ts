import { MessageLog } from '../messages/message-log.js';

/** Members may read and post. Who of them is here at the moment is presence, which is known from their streams. */
export class Room {
  readonly members = new Set<string>();
  readonly log = new MessageLog();

  constructor(
    readonly id: string,
    readonly name: string,
  ) {}
}
