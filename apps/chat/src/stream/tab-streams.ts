import { ForbiddenException, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ConnectionRegistry, SseBroadcaster } from 'nestjs-event-stream';
import { type ChatUser } from '../session/chat-user.js';
import { SessionStore } from '../session/session.store.js';

/** The streams of a person's tabs: whose they are, and their end when the person signs out. */
@Injectable()
export class TabStreams implements OnModuleInit {
  private readonly logger = new Logger(TabStreams.name);

  constructor(
    private readonly connections: ConnectionRegistry,
    private readonly broadcaster: SseBroadcaster,
    private readonly sessions: SessionStore,
  ) {}

  onModuleInit(): void {
    this.sessions.ended$.subscribe(({ userId }) => {
      // In every tab: the page is told `sse:end` with this reason, and its EventSource stays closed.
      this.broadcaster.disconnect({ user: userId }, 'signed-out').catch((error: unknown) => {
        this.logger.error(error);
      });
    });
  }

  /** Connection ids come from the page, so that one of somebody else's could be named: that is refused. */
  requireOwn(user: ChatUser, connectionId: string): void {
    if (this.connections.get(connectionId)?.userId !== user.userId) {
      throw new ForbiddenException('This stream is not open, or not yours');
    }
  }
}
