import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type EventOf, SseBroadcaster, SsePresence } from 'nestjs-event-stream';
import { concatMap, filter, from, merge, mergeMap, type Observable, type Subscription, takeUntil } from 'rxjs';
import { type Room } from '../rooms/room.js';
import { roomChannel, type RoomEvents } from '../rooms/room.channel.js';
import { RoomsStore } from '../rooms/rooms.store.js';
import { type ChatUser } from '../session/chat-user.js';
import { SessionStore } from '../session/session.store.js';
import { directoryChannel, type DirectoryEvents } from '../stream/directory.channel.js';

/**
 * Tells people who comes and goes. The library notices it from the streams; this class makes events of it. They are
 * ephemeral, since a page that opens or comes back asks who is here.
 */
@Injectable()
export class PresenceAnnouncer implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(PresenceAnnouncer.name);
  private subscription?: Subscription;

  constructor(
    private readonly presence: SsePresence,
    private readonly broadcaster: SseBroadcaster,
    private readonly rooms: RoomsStore,
    private readonly sessions: SessionStore,
  ) {}

  onModuleInit(): void {
    const rooms = merge(from(this.rooms.all()), this.rooms.opened$);
    this.subscription = merge(this.directory(), rooms.pipe(mergeMap((room) => this.room(room)))).subscribe();
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  private directory(): Observable<unknown> {
    const channel = directoryChannel();
    const publish = (event: EventOf<DirectoryEvents>) =>
      this.broadcaster.toChannel(channel, event, { ephemeral: true });
    return this.announce(channel.name, {
      arrived: (user) => publish({ type: 'person-arrived', data: user }),
      left: (userId) => publish({ type: 'person-left', data: { userId } }),
    });
  }

  private room({ id }: Room): Observable<unknown> {
    const channel = roomChannel({ id });
    const publish = (event: EventOf<RoomEvents>) => this.broadcaster.toChannel(channel, event, { ephemeral: true });
    return this.announce(channel.name, {
      arrived: (user) => publish({ type: 'room-arrived', data: { roomId: id, user } }),
      left: (userId) => publish({ type: 'room-left', data: { roomId: id, userId } }),
    }).pipe(takeUntil(this.rooms.closed$.pipe(filter((closed) => closed.id === id))));
  }

  private announce(channel: string, tell: Announcement): Observable<unknown> {
    return this.presence.changes$(channel).pipe(
      concatMap(async ({ type, userId }) => {
        const user = this.sessions.userById(userId);
        try {
          if (type === 'leave') await tell.left(userId);
          else if (user !== undefined) await tell.arrived(user);
        } catch (error) {
          this.logger.error(error);
        }
      }),
    );
  }
}

interface Announcement {
  arrived: (user: ChatUser) => Promise<unknown>;
  left: (userId: string) => Promise<unknown>;
}
