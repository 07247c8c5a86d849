import { Injectable, Logger } from '@nestjs/common';
import { type NodeCommand } from '../backplane/backplane.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { identityFromJson } from '../options/sse-identity.js';
import { errorText } from '../protocol/error-text.js';
import { frameOf } from '../protocol/event-encoder.js';
import { logLine } from '../protocol/log-line.js';
import { ChannelMembership } from './channel-membership.js';
import { QueueDrain } from './queue-drain.js';
import { type ConnectionTarget, type DisconnectTarget, type SseCommand } from './sse-command.js';
import { isIssuedBefore, isToken } from './revocation.js';
import { SseRevocations } from './sse-revocations.js';

/** Carries commands out on the connections of this node. */
@Injectable()
export class NodeCommands {
  private readonly logger = new Logger('SseCommands');

  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly membership: ChannelMembership,
    private readonly backlog: QueueDrain,
    private readonly revocations: SseRevocations,
  ) {}

  async execute(received: NodeCommand): Promise<void> {
    const command = received as SseCommand;
    switch (command.name) {
      case 'send':
        for (const connection of this.targets(command)) connection.deliver(frameOf(command.event));
        return;
      case 'subscribe':
      case 'unsubscribe':
        await this.forEach(command.target, (connection) => this.membership[command.name](connection, command.channel));
        return;
      case 'disconnect':
        this.disconnect(command);
        return;
      case 'identity': {
        const identity = identityFromJson(command.identity);
        await this.forEach({ user: command.userId }, async (connection) => {
          if (isMeant(connection, identity.tokenId)) await this.membership.renew(connection, identity);
        });
        return;
      }
      case 'flush':
        await this.forEach({ user: command.userId }, (connection) => this.backlog.flush(connection));
        return;
      default:
        // A node of another version may know more commands than this one.
        this.logger.warn(`Unknown command ${JSON.stringify(received.name)}: is another node of a newer version?`);
    }
  }

  private disconnect({ target, text, revocation }: Extract<SseCommand, { name: 'disconnect' }>): void {
    if (revocation) this.revocations.remember(revocation);
    let ended = 0;
    for (const connection of this.targets(target)) {
      // This node may hear of it late, and the user have a newer token by now.
      if ('user' in target && revocation && cameAfter(connection, Number(revocation.value))) continue;
      connection.finish({ reason: 'token' in target ? 'revoked' : 'kicked', text });
      ended++;
    }
    // The id of a token is no secret: it opens nothing.
    if (ended > 0) this.logger.log(logLine('Disconnected', { ...target, reason: text, connections: ended }));
  }

  /** Whoever sent the command may be on another node: what fails here is told here. */
  private async forEach(target: ConnectionTarget, act: (connection: SseConnection) => Promise<void>): Promise<void> {
    await Promise.all(
      this.targets(target).map(async (connection) => {
        try {
          await act(connection);
        } catch (error) {
          this.logger.warn(`A command failed on connection ${connection.id}: ${errorText(error)}`);
        }
      }),
    );
  }

  /** Connections that are opening too: who is banned while his handler awaits must not get in afterwards. */
  private targets(target: DisconnectTarget): SseConnection[] {
    const opening = this.registry.opening();
    if ('connection' in target) {
      const open = this.registry.get(target.connection);
      return open ? [open] : opening.filter(({ id }) => id === target.connection);
    }
    if ('user' in target) {
      return [...this.registry.byUser(target.user), ...opening.filter(({ userId }) => userId === target.user)];
    }
    return [...this.registry.all(), ...opening].filter(({ identity }) => {
      return identity?.tokenId !== undefined && identity.tokenId === target.token;
    });
  }
}

/** Clocks of nodes differ by no more, in milliseconds: a session that is ended in vain may open another stream. */
const CLOCK_SKEW = 5_000;

/** Whether it was not there yet when its user was disconnected, nor its token. */
function cameAfter({ identity, openedAt }: SseConnection, time: number): boolean {
  const opened = openedAt.getTime();
  if (!identity || !isToken(identity)) return opened > time + CLOCK_SKEW;
  return opened > time && !isIssuedBefore(identity, time);
}

/** An identity of one token is for the streams of that token, and for those of which none is known. */
function isMeant({ identity }: SseConnection, tokenId: string | undefined): boolean {
  return tokenId === undefined || identity?.tokenId === undefined || identity.tokenId === tokenId;
}
