import { BadRequestException, Injectable, NotFoundException, type OnModuleInit } from '@nestjs/common';
import { SseBroadcaster } from 'nestjs-event-stream';
import { type ChatMessage, writeMessage } from '../messages/chat-message.js';
import { type ChatUser } from '../session/chat-user.js';
import { SessionStore } from '../session/session.store.js';
import { Conversations } from './conversations.js';

/** Messages between two people. Both get them in all their tabs: the sender too, who may have several. */
@Injectable()
export class DirectService implements OnModuleInit {
  constructor(
    private readonly conversations: Conversations,
    private readonly broadcaster: SseBroadcaster,
    private readonly sessions: SessionStore,
  ) {}

  onModuleInit(): void {
    this.sessions.ended$.subscribe(({ userId }) => {
      this.conversations.forget(userId);
    });
  }

  partners(user: ChatUser): ChatUser[] {
    return this.conversations.partnersOf(user.userId);
  }

  recent(user: ChatUser, otherId: string): readonly ChatMessage[] {
    return this.conversations.find(user.userId, otherId)?.recent() ?? [];
  }

  async post(author: ChatUser, recipientId: string, text: string): Promise<ChatMessage> {
    const recipient = this.requirePartner(author, recipientId);
    const message = writeMessage(author, text);
    this.conversations.open(author, recipient).add(message);
    await Promise.all([
      this.broadcaster.toUser(recipient.userId, { type: 'direct-message', data: { partner: author, message } }),
      this.broadcaster.toUser(author.userId, { type: 'direct-message', data: { partner: recipient, message } }),
    ]);
    return message;
  }

  async typing(user: ChatUser, recipientId: string): Promise<void> {
    const recipient = this.requirePartner(user, recipientId);
    await this.broadcaster.toUser(recipient.userId, { type: 'direct-typing', data: { user } }, { ephemeral: true });
  }

  private requirePartner(user: ChatUser, otherId: string): ChatUser {
    if (otherId === user.userId) throw new BadRequestException('You can not write to yourself');
    const other = this.sessions.userById(otherId);
    if (other === undefined) throw new NotFoundException('This person is not signed in any more');
    return other;
  }
}
