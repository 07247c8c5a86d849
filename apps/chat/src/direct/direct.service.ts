import { BadRequestException, Injectable, NotFoundException } from '@nestjs/common';
import { SseBroadcaster } from 'nestjs-event-stream';
import { type ChatMessage, writeMessage } from '../messages/chat-message.js';
import { type PostMessage } from '../messages/post-message.dto.js';
import { type ChatUser, userOf } from '../session/chat-user.js';

/** Messages between two people. Both get them in all their tabs: the sender too, who may have several. */
@Injectable()
export class DirectService {
  constructor(private readonly broadcaster: SseBroadcaster) {}

  async post(author: ChatUser, recipientId: string, said: PostMessage): Promise<ChatMessage> {
    const recipient = requirePartner(author, recipientId);
    const message = writeMessage(author, said);
    const tell = (user: ChatUser, partner: ChatUser, queue: boolean) =>
      this.broadcaster.toUser(
        user.userId,
        { type: 'direct-message', data: { partner, message } },
        { queue, idempotencyKey: `${user.userId}/${message.id}` },
      );
    // Whom it is for may be away: it waits for him until he has it.
    await Promise.all([tell(recipient, author, true), tell(author, recipient, false)]);
    return message;
  }

  async typing(user: ChatUser, recipientId: string): Promise<void> {
    const { userId } = requirePartner(user, recipientId);
    await this.broadcaster.toUser(userId, { type: 'direct-typing', data: { user } }, { ephemeral: true });
  }
}

function requirePartner(user: ChatUser, otherId: string): ChatUser {
  if (otherId === user.userId) throw new BadRequestException('You can not write to yourself');
  const other = userOf(otherId);
  if (other === undefined) throw new NotFoundException('There is nobody of this id');
  return other;
}
