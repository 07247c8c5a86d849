import { Injectable, Logger, SetMetadata } from '@nestjs/common';
import { type DeadLetterInfo, DeadLetters, type SseDeadLetter } from '../channels/dead-letters.js';
import { type CloseReason } from '../connections/close-reason.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { errorStack, errorText } from '../protocol/error-text.js';
import { type EventFields } from '../protocol/event-block.js';
import { logLine } from '../protocol/log-line.js';
import { isAwaited } from './is-awaited.js';

export type OpenHook = (connection: SseConnection) => unknown;
export type CloseHook = (connection: SseConnection, reason: CloseReason) => unknown;
export type DeadLetterHook = (userId: string, event: EventFields, info: DeadLetterInfo) => unknown;

/** Marks hooks, for the explorer that finds them. One method may be both. */
export const SSE_HOOKS = {
  admit: 'sse:admit-hook',
  open: 'sse:open-hook',
  close: 'sse:close-hook',
  deadLetter: 'sse:dead-letter-hook',
} as const;
export type HookKind = keyof typeof SSE_HOOKS;

/**
 * Calls the provider's method with each connection that is about to open. It is awaited before the head is sent: what it
 * throws refuses the stream, and goes to the exception filters with its real status.
 *
 * @example
 * @OnSseOpen()
 * greet(connection: SseConnection) {
 *   connection.send({ type: 'welcome', data: { connectionId: connection.id } });
 * }
 */
export function OnSseOpen(): MethodDecorator {
  return SetMetadata(SSE_HOOKS.open, true);
}

/** Calls the provider's method with each connection that has ended, and its `CloseReason`. What it throws is logged. */
export function OnSseClose(): MethodDecorator {
  return SetMetadata(SSE_HOOKS.close, true);
}

/**
 * Calls the provider's method with each message of a {@link MessageQueue} that could not be delivered: the user's id, the
 * event with its data as text, and why. Each is told on one node. What the method throws is logged.
 *
 * @example
 * @OnSseDeadLetter()
 * async sendMail(userId: string, event: EventFields, { reason }: DeadLetterInfo) {
 *   if (event.type === 'invoice') await this.mails.send(userId, event.data);
 * }
 */
export function OnSseDeadLetter(): MethodDecorator {
  return SetMetadata(SSE_HOOKS.deadLetter, true);
}

/** @internal As `OnSseOpen()`, but before the handler runs: for what needs to know no more than who asks. */
export function OnSseAdmission(): MethodDecorator {
  return SetMetadata(SSE_HOOKS.admit, true);
}

/** The hooks of the application's providers. */
@Injectable()
export class ConnectionHooks {
  private readonly logger = new Logger('SseHooks');
  private readonly admissions: OpenHook[] = [];
  private readonly opens: OpenHook[] = [];
  private readonly closes: CloseHook[] = [];
  private readonly deadLetters: DeadLetterHook[] = [];

  constructor(registry: ConnectionRegistry, deadLetters: DeadLetters) {
    deadLetters.letters$.subscribe((letter) => {
      for (const hook of this.deadLetters) void this.runDeadLetter(hook, letter);
    });
    registry.closed$.subscribe(({ connection, reason }) => {
      for (const hook of this.closes) void this.runClose(hook, connection, reason);
    });
  }

  add(kind: HookKind, hook: (...args: unknown[]) => unknown): void {
    const hooks = { admit: this.admissions, open: this.opens, close: this.closes, deadLetter: this.deadLetters };
    hooks[kind].push(hook);
  }

  /** Before the handler runs. The first that throws refuses the stream. A promise where there is something to wait for. */
  admit(connection: SseConnection): Promise<void> | undefined {
    return runAll(this.admissions, connection);
  }

  /** Before the head is sent. The first that throws refuses the stream. A promise where there is something to wait for. */
  open(connection: SseConnection): Promise<void> | undefined {
    return runAll(this.opens, connection);
  }

  private async runClose(hook: CloseHook, connection: SseConnection, reason: CloseReason): Promise<void> {
    try {
      await hook(connection, reason);
    } catch (error) {
      const fields = { connection: connection.id, user: connection.userId, reason, error: errorText(error) };
      this.logger.error(logLine('A close hook failed', fields), errorStack(error));
    }
  }

  private async runDeadLetter(hook: DeadLetterHook, { userId, event, info }: SseDeadLetter): Promise<void> {
    try {
      await hook(userId, event, info);
    } catch (error) {
      const fields = { message: info.id, user: userId, reason: info.reason, error: errorText(error) };
      this.logger.error(logLine('A dead-letter hook failed', fields), errorStack(error));
    }
  }
}

/** One after the other. */
function runAll(hooks: readonly OpenHook[], connection: SseConnection, from = 0): Promise<void> | undefined {
  for (let next = from; next < hooks.length; next++) {
    const result = hooks[next]?.(connection);
    if (isAwaited(result)) return goOn(result, hooks, connection, next + 1);
  }
  return undefined;
}

async function goOn(
  result: PromiseLike<unknown>,
  hooks: readonly OpenHook[],
  connection: SseConnection,
  next: number,
): Promise<void> {
  await result;
  await runAll(hooks, connection, next);
}
