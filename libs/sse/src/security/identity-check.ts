import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { SseRevocations } from '../channels/sse-revocations.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { SseRefusedException } from '../connections/sse-refused.exception.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { OnSseAdmission } from '../streaming/connection-hooks.js';
import { clientText } from '../protocol/client-text.js';

/** Streams whose revocation is looked up at once, when an engine that was away is back. */
const AT_ONCE = 100;

/** Whether somebody may still have a stream: asked before its handler runs, and anew when it could not be looked up for a while. */
@Injectable()
export class IdentityCheck implements OnApplicationShutdown {
  private readonly logger = new Logger('SseSecurity');
  private isOver = false;

  constructor(
    private readonly revocations: SseRevocations,
    private readonly registry: ConnectionRegistry,
  ) {
    revocations.readAgain$.subscribe(() => void this.checkAll());
  }

  onApplicationShutdown(): void {
    this.isOver = true;
  }

  /** What is thrown refuses the stream. */
  @OnSseAdmission()
  check({ identity }: SseConnection): Promise<void> | undefined {
    return identity && this.checkIdentity(identity);
  }

  private async checkIdentity(identity: SseIdentity): Promise<void> {
    if (identity.expiresAt && identity.expiresAt.getTime() <= Date.now()) {
      this.log(identity, 'the token has expired');
      throw new SseRefusedException('SSE_EXPIRED', 401, 'Your session is over: sign in again.');
    }
    if (await this.revocations.isRevoked(identity)) {
      this.log(identity, 'the token was revoked');
      throw new SseRefusedException('SSE_REVOKED', 401, 'Your session was ended: sign in again.');
    }
  }

  private log({ userId }: SseIdentity, reason: string): void {
    this.logger.warn(`Refused a stream of user ${clientText(userId)}: ${reason}`);
  }

  private async checkAll(): Promise<void> {
    const connections = [...this.registry.all(), ...this.registry.opening()];
    for (let first = 0; first < connections.length && !this.isOver; first += AT_ONCE) {
      await Promise.all(connections.slice(first, first + AT_ONCE).map((connection) => this.checkAgain(connection)));
    }
  }

  private async checkAgain(connection: SseConnection): Promise<void> {
    const { identity } = connection;
    if (!identity || connection.isClosed) return;
    if (await this.revocations.isRevoked(identity)) connection.close('revoked');
  }
}
