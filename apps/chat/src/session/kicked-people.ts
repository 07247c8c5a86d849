import { ForbiddenException, Injectable } from '@nestjs/common';
import { SseBroadcaster, SseRevocations } from 'nestjs-event-stream';

/** For so many milliseconds somebody who was kicked can not sign in. */
export const KICKED_FOR = 15 * 60 * 1_000;

/** Who was kicked, on whichever node. */
@Injectable()
export class KickedPeople {
  constructor(
    private readonly broadcaster: SseBroadcaster,
    private readonly revocations: SseRevocations,
  ) {}

  /**
   * Ends all his streams for good, and no token that he has is good any more. His pages are told why, by a word of the chat's:
   * `kicked` is the library's own, for a single stream that was ended in the dashboard.
   */
  async kick(userId: string, reason: string): Promise<void> {
    await this.broadcaster.disconnect({ user: userId }, reason === '' ? 'removed' : `removed: ${reason}`);
  }

  /**
   * There is no list of those who were kicked: the library knows since when a user's tokens are revoked. If one from a
   * quarter of an hour ago would be, he was kicked since.
   */
  async requireNotKicked(userIds: Iterable<string>): Promise<void> {
    const issuedAt = new Date(Date.now() - KICKED_FOR);
    const isKicked = (userId: string) => this.revocations.isRevoked({ userId, permissions: [], issuedAt });
    const answers = await Promise.all([...userIds].map(isKicked));
    if (!answers.includes(true)) return;
    throw new ForbiddenException(
      'You were removed by an admin. You can come in again a quarter of an hour after that.',
    );
  }
}
