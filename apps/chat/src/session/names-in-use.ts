import { ConflictException, Injectable } from '@nestjs/common';
import { SsePresence } from 'nestjs-event-stream';
import { directoryChannel } from '../stream/directory.channel.js';
import { type ChatUser, isSameName, userOf } from './chat-user.js';

/** A name is taken while somebody of that name is here, on whichever node. */
@Injectable()
export class NamesInUse {
  constructor(private readonly presence: SsePresence) {}

  /** Two who come in the same moment may both get in. They can be mistaken for each other, but neither becomes the other. */
  async requireFree({ userId, name }: ChatUser): Promise<void> {
    const members = await this.presence.members(directoryChannel());
    for (const member of members) {
      const holder = userOf(member.userId);
      if (holder === undefined || holder.userId === userId || !isSameName(holder.name, name)) continue;
      throw new ConflictException(`Somebody called ${holder.name} is here already: choose another name`);
    }
  }
}
