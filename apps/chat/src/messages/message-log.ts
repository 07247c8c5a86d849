import { type ChatMessage } from './chat-message.js';

const KEPT_MESSAGES = 100;

/** The last messages of a room or a conversation, for a page that opens it or comes back to it. */
export class MessageLog {
  private readonly messages: ChatMessage[] = [];

  add(message: ChatMessage): void {
    this.messages.push(message);
    if (this.messages.length > KEPT_MESSAGES) this.messages.shift();
  }

  recent(): readonly ChatMessage[] {
    return this.messages;
  }
}
