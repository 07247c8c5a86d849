import { Injectable } from '@nestjs/common';
import { SsePresence } from 'nestjs-event-stream';
import { roomChannel } from '../rooms/room.channel.js';
import { RoomsStore } from '../rooms/rooms.store.js';
import { type ChatUser } from '../session/chat-user.js';
import { SessionStore } from '../session/session.store.js';
import { directoryChannel } from '../stream/directory.channel.js';

/** Who is here: the people behind the open streams, each once however many tabs they have. */
@Injectable()
export class PeopleService {
  constructor(
    private readonly presence: SsePresence,
    private readonly sessions: SessionStore,
    private readonly rooms: RoomsStore,
  ) {}

  /** In the chat as a whole: every stream is subscribed to the directory. */
  everybody(): Promise<ChatUser[]> {
    return this.in(directoryChannel().name);
  }

  inRoom(roomId: string, user: ChatUser): Promise<ChatUser[]> {
    return this.in(roomChannel({ id: this.rooms.requireAsMember(roomId, user).id }).name);
  }

  private async in(channel: string): Promise<ChatUser[]> {
    const members = await this.presence.members(channel);
    return members.map(({ userId }) => this.sessions.userById(userId)).filter((user) => user !== undefined);
  }
}
