import { Injectable } from '@nestjs/common';
import { MessageLog } from '../messages/message-log.js';
import { type ChatUser } from '../session/chat-user.js';

const MAX_CONVERSATIONS = 500;

interface Conversation {
  between: [ChatUser, ChatUser];
  log: MessageLog;
}

/** What two people said to each other. Beyond the bound the conversation that was quiet for longest goes. */
@Injectable()
export class Conversations {
  private readonly conversations = new Map<string, Conversation>();

  /** The log of these two, which becomes the most recent one. */
  open(one: ChatUser, other: ChatUser): MessageLog {
    const key = keyOf(one.userId, other.userId);
    const conversation = this.conversations.get(key) ?? { between: [one, other], log: new MessageLog() };
    this.conversations.delete(key);
    this.conversations.set(key, conversation);
    for (const oldest of this.conversations.keys()) {
      if (this.conversations.size <= MAX_CONVERSATIONS) break;
      this.conversations.delete(oldest);
    }
    return conversation.log;
  }

  find(oneId: string, otherId: string): MessageLog | undefined {
    return this.conversations.get(keyOf(oneId, otherId))?.log;
  }

  /** With whom this person has talked. */
  partnersOf(userId: string): ChatUser[] {
    return this.of(userId).flatMap(([, { between }]) => between.filter((person) => person.userId !== userId));
  }

  /** Nobody can come back to them: a user id lives as long as its session. */
  forget(userId: string): void {
    for (const [key] of this.of(userId)) this.conversations.delete(key);
  }

  private of(userId: string): [string, Conversation][] {
    return [...this.conversations].filter(([, { between }]) => between.some((person) => person.userId === userId));
  }
}

function keyOf(oneId: string, otherId: string): string {
  return [oneId, otherId].sort().join(' ');
}
