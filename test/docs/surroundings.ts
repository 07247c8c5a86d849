/**
 * What an example without imports of its own may use: it shows a part of a file, and its imports would only be in the
 * way of the reader.
 */
export const IMPORTS = [
  `import { Body, Controller, ForbiddenException, Get, Injectable, type MessageEvent, Module, NotFoundException,
    type OnModuleDestroy, Param, Post, Query, RequestMethod, UseGuards } from '@nestjs/common';`,
  `import { channels, type CloseReason, ConnectionRegistry, CurrentConnection, defineChannel, type EventOf, LastEventId, OnSseClose,
    OnSseOpen, SseBroadcaster, SseConnectRateGuard, SseConnection, SseModule, type SseModuleOptions,
    type SseOptionsFactory, SsePermissions, SsePermissionsGuard, SseSignal, SseStream } from 'nestjs-event-stream';`,
  `import { SseTestClient } from 'nestjs-event-stream/testing';`,
  `import { setTimeout as delay } from 'node:timers/promises';`,
  `import { firstValueFrom, interval, map, Observable, of } from 'rxjs';`,
]
  .join(' ')
  .replace(/\s+/g, ' ');

/** What stands for the reader's own code in every example. */
export const PLACEHOLDERS = `
  declare const app: import('@nestjs/common').INestApplication;
  declare const sse: import('nestjs-event-stream').SseBroadcaster;
  declare const presence: import('nestjs-event-stream').SsePresence;
  declare const client: import('nestjs-event-stream/testing').SseTestClient;
  declare const payload: { jti: string; exp: number };
  declare const expect: typeof import('@jest/globals').expect;
  declare const NewsController: typeof import('./src/news.controller.js').NewsController;

  declare class Question { text: string }
  declare class MessageDto { text: string }
  declare class User { id: string }
  declare class UsersService {
    check(name: string, password: string): Promise<{ id: string; permissions: string[] } | undefined>;
    find(id: string | undefined): Promise<{ id: string; permissions: string[] } | undefined>;
  }
  declare const secrets: { read(name: string): Promise<string> };
  declare class OrdersService { open(): Promise<{ id: number }[]> }
  declare class ConfigModule {}
  declare class ConfigService { maxStreams: number }
  interface ChatMessage { text: string }
  declare const message: ChatMessage;
  declare const price: { symbol: string };
  declare class CookieGuard { canActivate(): boolean }
  declare function CurrentUser(): ParameterDecorator;
  declare function isBanned(userId: string | undefined): Promise<boolean>;
  declare function roomExists(room: string): Promise<boolean>;
  declare function rowsAfter(id: string, signal: AbortSignal): AsyncIterable<{ id: string }>;

  /** The class around an example that is a method of one. */
  interface Surroundings {
    model: { stream(text: string, options: { signal: AbortSignal }): AsyncIterable<string> };
  }
`;
