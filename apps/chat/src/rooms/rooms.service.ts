import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { SseBroadcaster } from 'nestjs-event-stream';
import { type ChatUser } from '../session/chat-user.js';
import { SessionStore } from '../session/session.store.js';
import { directoryChannel } from '../stream/directory.channel.js';
import { type Room } from './room.js';
import { roomChannel } from './room.channel.js';
import { RoomsStore } from './rooms.store.js';

/** A room as one person sees it. */
export interface RoomView {
  id: string;
  name: string;
  joined: boolean;
}

/** Opens, joins and leaves rooms, and tells the people whom it concerns. */
@Injectable()
export class RoomsService implements OnModuleInit {
  private readonly logger = new Logger(RoomsService.name);

  constructor(
    private readonly rooms: RoomsStore,
    private readonly broadcaster: SseBroadcaster,
    private readonly sessions: SessionStore,
  ) {}

  onModuleInit(): void {
    this.sessions.ended$.subscribe((user) => {
      for (const room of this.rooms.all()) this.rooms.removeMember(room, user.userId);
    });
    this.rooms.closed$.subscribe(({ id }) => {
      this.broadcaster.toChannel(directoryChannel(), { type: 'room-closed', data: { id } }).catch((error: unknown) => {
        this.logger.error(error);
      });
    });
  }

  list(user: ChatUser): RoomView[] {
    return this.rooms.all().map((room) => view(room, user));
  }

  async open(name: string, founder: ChatUser): Promise<RoomView> {
    const room = this.rooms.open(name, founder);
    await this.broadcaster.toChannel(directoryChannel(), {
      type: 'room-opened',
      data: { id: room.id, name: room.name },
    });
    await this.tellTabs(founder, { type: 'you-joined', data: { roomId: room.id } });
    return view(room, founder);
  }

  /** Makes the person a member and subscribes one tab's stream. The person's other tabs hear of it and do the same. */
  async join(roomId: string, user: ChatUser, connectionId: string): Promise<RoomView> {
    const room = this.rooms.require(roomId);
    const isNew = !room.members.has(user.userId);
    room.members.add(user.userId);
    await this.broadcaster.subscribe({ connection: connectionId }, roomChannel({ id: room.id }).name);
    if (isNew) {
      await this.tellTabs(user, { type: 'you-joined', data: { roomId: room.id } });
    }
    return view(room, user);
  }

  /** In all tabs of the person. */
  async leave(roomId: string, user: ChatUser): Promise<void> {
    const room = this.rooms.requireAsMember(roomId, user);
    await this.broadcaster.unsubscribe({ user: user.userId }, roomChannel({ id: room.id }).name);
    this.rooms.removeMember(room, user.userId);
    await this.tellTabs(user, { type: 'you-left', data: { roomId: room.id } });
  }

  private async tellTabs(user: ChatUser, event: { type: 'you-joined' | 'you-left'; data: { roomId: string } }) {
    await this.broadcaster.toUser(user.userId, event);
  }
}

function view(room: Room, user: ChatUser): RoomView {
  return { id: room.id, name: room.name, joined: room.members.has(user.userId) };
}
