import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  type HttpException,
  Inject,
  Injectable,
} from '@nestjs/common';
import { exchangeOf } from './exchange-of.js';
import { logRefusal } from './refusal-log.js';
import { RequestChecks } from './request-checks.js';

/**
 * Refuses requests that break a rule of the option `security`: by origin, `User-Agent`, address or missing headers. The
 * client gets a plain 403; the log has the reason.
 *
 * @example
 * @UseGuards(SseRequestGuard)
 * @Controller('rooms')
 * export class RoomsController {}
 */
@Injectable()
export class SseRequestGuard implements CanActivate {
  @Inject(RequestChecks) private readonly checks!: RequestChecks;

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const problem = await this.problemOf(context);
    if (problem === undefined) return true;
    logRefusal(exchangeOf(context), problem);
    throw this.refusal(context);
  }

  /** What is wrong with the request, in words for the log; `undefined` lets it pass. */
  protected problemOf(context: ExecutionContext): Promise<string | undefined> {
    return this.checks.problemOf(exchangeOf(context), context);
  }

  /** What is thrown. The client should not learn of the reason. */
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- for those who override it
  protected refusal(_context: ExecutionContext): HttpException {
    return new ForbiddenException();
  }
}
