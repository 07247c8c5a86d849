import { timingSafeEqual } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { type Request, type Response } from 'express';
import { digestOf } from '../session/digest.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/**
 * Who may read the metrics: whoever sends `METRICS_TOKEN` as a bearer token; where none is set, whoever asks from this
 * machine. Behind a proxy on this machine everybody does, so what a proxy says that it has passed on is not from here. Not
 * every proxy says so: set the token behind one.
 */
@Injectable()
export class MetricsReaderGuard implements CanActivate {
  private readonly token = process.env.METRICS_TOKEN;

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (this.token) {
      if (isBearer(request, this.token)) return true;
      context.switchToHttp().getResponse<Response>().setHeader('WWW-Authenticate', 'Bearer');
      throw new UnauthorizedException('Send the METRICS_TOKEN as a bearer token');
    }
    if (isFromHere(request)) return true;
    throw new ForbiddenException('The metrics are read on the machine itself. METRICS_TOKEN lets others read them');
  }
}

function isBearer({ headers: { authorization = '' } }: Request, token: string): boolean {
  return timingSafeEqual(digestOf(authorization), digestOf(`Bearer ${token}`));
}

function isFromHere({ headers, socket: { remoteAddress = '' } }: Request): boolean {
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return false;
  return loopback.check(remoteAddress, isIPv6(remoteAddress) ? 'ipv6' : 'ipv4');
}
