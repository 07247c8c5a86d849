import { Injectable } from '@nestjs/common';
import { SseBroadcaster } from 'nestjs-event-stream';
import { type ChatMessage, writeMessage } from '../messages/chat-message.js';
import { type PostMessage } from '../messages/post-message.dto.js';
import { type ChatUser } from '../session/chat-user.js';
import { directoryChannel } from '../stream/directory.channel.js';
import { LOBBY } from './room-name.js';
import { roomChannel } from './room.channel.js';

/** Rooms are channels: nothing has to be made or kept for one, and what was said there lately is in its history. */
@Injectable()
export class RoomsService {
  constructor(private readonly broadcaster: SseBroadcaster) {}

  /** Puts the room on everybody's list, once an hour at most, however many come into it meanwhile. */
  async announce(room: string): Promise<void> {
    if (room === LOBBY) return;
    const event = { type: 'room-opened', data: { room } } as const;
    await this.broadcaster.toChannel(directoryChannel(), event, { idempotencyKey: `room-opened/${room}` });
  }

  async post(room: string, author: ChatUser, said: PostMessage): Promise<ChatMessage> {
    const message = writeMessage(author, said);
    await this.broadcaster.toChannel(
      roomChannel({ name: room }),
      { type: 'room-message', data: { room, message } },
      { idempotencyKey: `${room}/${message.id}` },
    );
    return message;
  }

  /** Worth something only now: it is not kept, and the person who types needs no telling. */
  async typing(room: string, user: ChatUser): Promise<void> {
    await this.broadcaster.toChannel(
      roomChannel({ name: room }),
      { type: 'room-typing', data: { room, user } },
      { ephemeral: true, except: { users: [user.userId] } },
    );
  }
}
