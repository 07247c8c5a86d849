import { randomBytes, randomUUID } from 'node:crypto';
import { ConflictException, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { ConnectionRegistry } from 'nestjs-event-stream';
import { type Observable, Subject } from 'rxjs';
import { type ChatUser } from './chat-user.js';

export interface Session {
  id: string;
  user: ChatUser;
  lastUsedAt: number;
}

export const SESSION_MAX_AGE = 12 * 60 * 60 * 1000;
const MAX_SESSIONS = 1_000;
/** A name is free again when whoever took it has had no stream open, and asked for nothing, for this long. */
const NAME_HELD_FOR = 60_000;

/**
 * Who is signed in, in memory and bounded. A session whose person has a stream open is in use, however long ago the
 * last request was: such a session is never pushed out.
 */
@Injectable()
export class SessionStore {
  /** In the order of their last use, the longest ago first. */
  private readonly sessions = new Map<string, Session>();
  private readonly users = new Map<string, Session>();
  private readonly names = new Map<string, Session>();
  private readonly ended = new Subject<ChatUser>();

  /** People whose session is over: what is kept for them can go. */
  readonly ended$: Observable<ChatUser> = this.ended.asObservable();

  constructor(private readonly connections: ConnectionRegistry) {}

  create(name: string): Session {
    this.freeName(name);
    this.makeRoom();
    const session: Session = {
      id: randomBytes(32).toString('base64url'),
      user: { userId: randomUUID(), name },
      lastUsedAt: Date.now(),
    };
    this.sessions.set(session.id, session);
    this.users.set(session.user.userId, session);
    this.names.set(nameKey(name), session);
    return session;
  }

  /** The session of this id, which counts as used now. */
  use(id: string | undefined): Session | undefined {
    const session = id === undefined ? undefined : this.sessions.get(id);
    if (session === undefined) return undefined;
    if (this.isUnusedFor(session, SESSION_MAX_AGE)) {
      this.end(session);
      return undefined;
    }
    session.lastUsedAt = Date.now();
    this.sessions.delete(session.id);
    this.sessions.set(session.id, session);
    return session;
  }

  userById(userId: string): ChatUser | undefined {
    return this.users.get(userId)?.user;
  }

  end(session: Session): void {
    if (!this.sessions.delete(session.id)) return;
    this.users.delete(session.user.userId);
    this.names.delete(nameKey(session.user.name));
    this.ended.next(session.user);
  }

  private freeName(name: string): void {
    const holder = this.names.get(nameKey(name));
    if (holder === undefined) return;
    if (!this.isUnusedFor(holder, NAME_HELD_FOR)) {
      throw new ConflictException(`Somebody called ${holder.user.name} is here already: choose another name`);
    }
    this.end(holder);
  }

  private makeRoom(): void {
    for (const session of this.sessions.values()) {
      const full = this.sessions.size >= MAX_SESSIONS;
      if (full ? this.hasStream(session) : !this.isUnusedFor(session, SESSION_MAX_AGE)) continue;
      this.end(session);
    }
    if (this.sessions.size >= MAX_SESSIONS) {
      throw new ServiceUnavailableException('The chat is full at the moment: try again later');
    }
  }

  private isUnusedFor(session: Session, time: number): boolean {
    return session.lastUsedAt + time <= Date.now() && !this.hasStream(session);
  }

  private hasStream(session: Session): boolean {
    return this.connections.byUser(session.user.userId).length > 0;
  }
}

/** `Ada`, `ADA` and `A` + `da` in compatibility letters are one name: nobody can look like somebody else. */
function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
