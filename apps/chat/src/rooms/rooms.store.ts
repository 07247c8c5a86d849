import { randomUUID } from 'node:crypto';
import {
  ConflictException,
  ForbiddenException,
  Injectable,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { type ChatUser } from '../session/chat-user.js';
import { Room } from './room.js';

const MAX_ROOMS = 100;

/** The rooms, in memory and bounded. The lobby is always there; any other room closes when its last member leaves. */
@Injectable()
export class RoomsStore {
  private readonly lobby = new Room('lobby', 'Lobby');
  private readonly rooms = new Map([[this.lobby.id, this.lobby]]);
  private readonly opened = new Subject<Room>();
  private readonly closed = new Subject<Room>();

  readonly opened$: Observable<Room> = this.opened.asObservable();
  readonly closed$: Observable<Room> = this.closed.asObservable();

  all(): Room[] {
    return [...this.rooms.values()];
  }

  open(name: string, founder: ChatUser): Room {
    if (this.rooms.size >= MAX_ROOMS) {
      throw new ServiceUnavailableException(`There are ${MAX_ROOMS} rooms already: join one of them`);
    }
    const sameName = this.all().find((room) => room.name.toLowerCase() === name.toLowerCase());
    if (sameName !== undefined) throw new ConflictException(`There is a room called ${sameName.name} already: join it`);
    const room = new Room(randomUUID(), name);
    room.members.add(founder.userId);
    this.rooms.set(room.id, room);
    this.opened.next(room);
    return room;
  }

  require(roomId: string): Room {
    const room = this.rooms.get(roomId);
    if (room === undefined) throw new NotFoundException('This room does not exist, or no longer');
    return room;
  }

  requireAsMember(roomId: string, user: ChatUser): Room {
    const room = this.require(roomId);
    if (!room.members.has(user.userId)) throw new ForbiddenException(`Join ${room.name} first`);
    return room;
  }

  removeMember(room: Room, userId: string): void {
    room.members.delete(userId);
    if (room.members.size > 0 || room === this.lobby) return;
    this.rooms.delete(room.id);
    this.closed.next(room);
  }
}
