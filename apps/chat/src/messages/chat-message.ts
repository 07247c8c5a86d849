import { randomUUID } from 'node:crypto';
import { type ChatUser } from '../session/chat-user.js';

export interface ChatMessage {
  id: string;
  author: ChatUser;
  text: string;
  /** ISO 8601, in UTC. */
  sentAt: string;
}

export function writeMessage(author: ChatUser, text: string): ChatMessage {
  return {
    id: randomUUID(),
    author: { userId: author.userId, name: author.name },
    text,
    sentAt: new Date().toISOString(),
  };
}
