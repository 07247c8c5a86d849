import {
  Body,
  type CanActivate,
  Controller,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  Module,
  Post,
} from '@nestjs/common';
import { type Backplane, channels, SseBroadcaster, SseStream } from 'nestjs-event-stream';
import { redisBackplane } from 'nestjs-event-stream/redis';
import { interval as slowInterval, type Observable } from 'rxjs';
import { visitor } from './visitor.js';

// What stands for the code of the reader himself. An example may use any of these exports without importing it, and a
// method also as `this.name`. A class is provided to controllers and services that ask for it.

export class Question {
  text = '';
}

export class MessageDto {
  text = '';
}

export interface ChatMessage {
  text: string;
}

export interface Price {
  amount: number;
}

export interface Order {
  id: number;
  userId: string;
}

export class User {
  id = visitor.user.id;
}

export interface RoomEvents {
  message: ChatMessage;
}

export const room = '42';
export const message: ChatMessage = { text: 'hi' };
export const price = { symbol: 'ACME', price: 7 };
export const payload = { sub: 'ann', jti: 'a-token', iat: 1, exp: Date.now() / 1_000 + 3_600 };
export const tokens: string[] = [];

export function myBackplane(options: { prefix: string }): Backplane {
  return redisBackplane({ url: process.env.REDIS_URL ?? '', ...options });
}

/** A language model. */
export const model = {
  async *stream(text: string, { signal }: { signal: AbortSignal }): AsyncIterable<string> {
    for (const token of ['because', ' ', text]) {
      signal.throwIfAborted();
      yield token;
    }
  },
};

/** Mail, and whoever is called at night. */
export const mails: { send(userId: string | undefined, text: string): Promise<void> } = {
  send: () => Promise.resolve(),
};
export const pager: { notify(text: string): void } = { notify: () => undefined };

export const secrets: { read(name: string): Promise<string> } = {
  read: () => Promise.resolve(process.env.JWT_SECRET ?? ''),
};

type FoundUser = { id: string; permissions: string[] } | undefined;

@Injectable()
export class UsersService {
  check: (name: string, password: string) => Promise<FoundUser> = () => Promise.resolve(visitor.user);
  find: (id: string | undefined) => Promise<FoundUser> = () => Promise.resolve(visitor.user);
}

@Injectable()
export class OrdersService {
  async open(): Promise<{ id: number }[]> {
    return [{ id: 7 }];
  }
}

export const orders = new OrdersService();

@Injectable()
export class ConfigService {
  maxStreams = 1_000;
}

@Module({ providers: [ConfigService], exports: [ConfigService] })
export class ConfigModule {}

/** Sessions in a cookie: `request.user` is there already, see the visitor. */
@Injectable()
export class CookieGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<{ user?: object }>().user !== undefined;
  }
}

@Injectable()
export class ScrapeGuard extends CookieGuard {}

@Injectable()
export class OperatorsGuard extends CookieGuard {}

export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user?: unknown }>().user,
);

@Controller('news')
export class NewsController {
  constructor(private readonly sse: SseBroadcaster) {}

  @SseStream('events')
  events() {
    return channels('news');
  }

  @Post()
  async publish(@Body() { title }: { title: string }) {
    await this.sse.toChannel('news', { type: 'headline', data: { title } });
  }
}

export const isBanned: (userId: string | undefined) => Promise<boolean> = () => Promise.resolve(false);
export const roomExists: (room: string) => Promise<boolean> = () => Promise.resolve(true);

export const rowsAfter: (id: string, signal: AbortSignal) => AsyncIterable<{ id: string }> = async function* (id) {
  for (let next = Number(id) + 1; next < Number(id) + 4; next++) yield { id: String(next) };
};

/** A clock that goes a hundred times as fast: nobody waits for the examples. */
export function interval(milliseconds: number): Observable<number> {
  return slowInterval(milliseconds / 100);
}

/** A pause that is a hundred times as short. */
export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds / 100));
}
