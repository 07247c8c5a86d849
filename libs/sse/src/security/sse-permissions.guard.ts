import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { Identification } from '../streaming/identify.js';
import { pendingRefusal } from '../streaming/pending-refusals.js';
import { clientText } from '../protocol/client-text.js';
import { exchangeOf } from './exchange-of.js';
import { logRefusal } from './refusal-log.js';
import { SSE_PERMISSIONS } from './sse-permissions.decorator.js';

/**
 * Lets those pass who hold one of the permissions that `@SsePermissions()` names, or that of an administrator (option
 * `permissions.admin`). 401 for those of whom nobody knows who they are, 403 for the others. Who somebody is and what he
 * holds is found out as for streams: by the option `identify`, or from `request.user`. So it comes after the guard that
 * authenticates.
 *
 * @example
 * @UseGuards(SseJwtAuthGuard, SsePermissionsGuard)
 * @SsePermissions('sse:read')
 * @SseStream('events')
 */
@Injectable()
export class SsePermissionsGuard implements CanActivate {
  @Inject(Reflector) private readonly reflector!: Reflector;
  @Inject(Identification) private readonly identification!: Identification;
  @Inject(SSE_OPTIONS) private readonly options!: ResolvedOptions;

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permissions = this.permissionsOf(context);
    if (permissions === undefined) return true;
    // A guard before has refused it: the opener says so, before the handler runs.
    if (pendingRefusal(exchangeOf(context).request)) return true;
    const identity = await this.identityOf(context);
    if (!identity) {
      logRefusal(exchangeOf(context), 'it is not known who asks');
      throw new UnauthorizedException();
    }
    if (this.isAllowed(identity, permissions)) return true;
    logRefusal(exchangeOf(context), `the user ${clientText(identity.userId)} holds none of ${permissions.join(', ')}`);
    throw new ForbiddenException();
  }

  /** The permissions of which one is needed; `undefined` where none is. Those of a method take the place of its class's. */
  protected permissionsOf(context: ExecutionContext): readonly string[] | undefined {
    return this.reflector.getAllAndOverride<readonly string[] | undefined>(SSE_PERMISSIONS, [
      context.getHandler(),
      context.getClass(),
    ]);
  }

  /** Who asks. */
  protected async identityOf(context: ExecutionContext): Promise<SseIdentity | undefined> {
    return this.identification.identify(context);
  }

  /** Whether he may. */
  protected isAllowed({ permissions }: SseIdentity, wanted: readonly string[]): boolean {
    const { admin } = this.options.permissions;
    return permissions.some((held) => held === admin || wanted.includes(held));
  }
}
