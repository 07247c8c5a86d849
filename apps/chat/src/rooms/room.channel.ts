import { defineChannel } from 'nestjs-event-stream';
import { type ChatMessage } from '../messages/chat-message.js';
import { type ChatUser } from '../session/chat-user.js';

/** A page has one stream for all its rooms, so each event says which room it is about. */
export interface RoomEvents {
  'room-message': { room: string; message: ChatMessage };
  'room-typing': { room: string; user: ChatUser };
}

/** With presence: who listens is told who else does, and who comes and goes. */
export const roomChannel = defineChannel('room.:name', { presence: true }).events<RoomEvents>();
