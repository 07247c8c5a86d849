import { defineChannel } from 'nestjs-event-stream';
import { type ChatMessage } from '../messages/chat-message.js';
import { type ChatUser } from '../session/chat-user.js';

/** A page has one stream for all its rooms, so each event says which room it is about. */
export interface RoomEvents {
  'room-message': { roomId: string; message: ChatMessage };
  'room-typing': { roomId: string; user: ChatUser };
  'room-arrived': { roomId: string; user: ChatUser };
  'room-left': { roomId: string; userId: string };
}

export const roomChannel = defineChannel<RoomEvents>('room.:id');
