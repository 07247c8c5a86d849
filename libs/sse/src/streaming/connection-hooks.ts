import { Injectable, Logger, SetMetadata } from '@nestjs/common';
import { errorStack, errorText } from '../protocol/error-text.js';
import { type CloseReason } from '../connections/close-reason.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';

export type OpenHook = (connection: SseConnection) => unknown;
export type CloseHook = (connection: SseConnection, reason: CloseReason) => unknown;

/** Marks hooks, for the explorer that finds them. One method may be both. */
export const SSE_HOOKS = { open: 'sse:open-hook', close: 'sse:close-hook' } as const;
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

/** The hooks of the application's providers. */
@Injectable()
export class ConnectionHooks {
  private readonly logger = new Logger('SseHooks');
  private readonly opens: OpenHook[] = [];
  private readonly closes: CloseHook[] = [];

  constructor(registry: ConnectionRegistry) {
    registry.closed$.subscribe(({ connection, reason }) => {
      for (const hook of this.closes) void this.runClose(hook, connection, reason);
    });
  }

  add(kind: HookKind, hook: (...args: unknown[]) => unknown): void {
    if (kind === 'open') this.opens.push(hook);
    else this.closes.push(hook);
  }

  /** One after the other. The first that throws refuses the stream. */
  async open(connection: SseConnection): Promise<void> {
    for (const hook of this.opens) await hook(connection);
  }

  private async runClose(hook: CloseHook, connection: SseConnection, reason: CloseReason): Promise<void> {
    try {
      await hook(connection, reason);
    } catch (error) {
      this.logger.error(
        `A close hook failed on connection ${connection.id} (${reason})`,
        errorStack(error) ?? errorText(error),
      );
    }
  }
}
