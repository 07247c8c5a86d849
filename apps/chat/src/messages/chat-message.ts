import { type ChatUser } from '../session/chat-user.js';
import { type PostMessage } from './post-message.dto.js';

export interface ChatMessage {
  id: string;
  author: ChatUser;
  text: string;
  /** ISO 8601, in UTC. */
  sentAt: string;
}

/** The page names what it sends, and the author is part of the id: nobody can send something under another's id. */
export function writeMessage({ userId, name }: ChatUser, { id, text }: PostMessage): ChatMessage {
  return { id: `${userId}/${id}`, author: { userId, name }, text, sentAt: new Date().toISOString() };
}
