import { type ExecutionContext, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { SseConnectRateGuard, type SseConnectRateRules } from 'nestjs-event-stream';

/** Nobody can try one admin password after the other. Who signs in without one is not counted. */
@Injectable()
export class PasswordAttemptsGuard extends SseConnectRateGuard {
  protected override rulesFor(): SseConnectRateRules {
    return { perIp: { attempts: 10, window: 60_000 } };
  }

  /** A count of its own, apart from that of the streams. */
  protected override addressOf(context: ExecutionContext): string | undefined {
    const { body } = context.switchToHttp().getRequest<Request<object, unknown, { adminPassword?: unknown }>>();
    const address = super.addressOf(context);
    return address !== undefined && body.adminPassword ? `admin password ${address}` : undefined;
  }
}
