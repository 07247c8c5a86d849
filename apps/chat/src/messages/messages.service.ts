import { Injectable } from '@nestjs/common';
import { SseBroadcaster } from 'nestjs-event-stream';
import { roomChannel } from '../rooms/room.channel.js';
import { RoomsStore } from '../rooms/rooms.store.js';
import { type ChatUser } from '../session/chat-user.js';
import { type ChatMessage, writeMessage } from './chat-message.js';

/** What is said in rooms. Only members hear it, see what was said before, and may say something. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly rooms: RoomsStore,
    private readonly broadcaster: SseBroadcaster,
  ) {}

  recent(roomId: string, user: ChatUser): readonly ChatMessage[] {
    return this.rooms.requireAsMember(roomId, user).log.recent();
  }

  async post(roomId: string, author: ChatUser, text: string): Promise<ChatMessage> {
    const room = this.rooms.requireAsMember(roomId, author);
    const message = writeMessage(author, text);
    room.log.add(message);
    await this.broadcaster.toChannel(roomChannel({ id: room.id }), {
      type: 'room-message',
      data: { roomId: room.id, message },
    });
    return message;
  }

  /** Worth something only now: it is not kept, and the person who types needs no telling. */
  async typing(roomId: string, user: ChatUser): Promise<void> {
    const room = this.rooms.requireAsMember(roomId, user);
    await this.broadcaster.toChannel(
      roomChannel({ id: room.id }),
      { type: 'room-typing', data: { roomId: room.id, user } },
      { ephemeral: true, except: { users: [user.userId] } },
    );
  }
}
