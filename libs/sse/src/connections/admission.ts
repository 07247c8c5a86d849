import { Injectable } from '@nestjs/common';
import { type SseConnectionOptions } from '../options/sse-module-options.js';
import { partyOf } from '../transport/ip-address.js';
import { type RawResponse } from '../transport/http-exchange.js';
import { jitter } from './jitter.js';
import { SseRefusedException } from './sse-refused.exception.js';

/** Who asks for a place. */
export interface Applicant {
  readonly userId: string | undefined;
  readonly remoteAddress: string;
}

/** What a route says of the places of its connections. */
export interface AdmissionRules {
  /** Where a place is taken: in the process, and in the route where it has limits of its own. */
  readonly scopes: readonly AdmissionScope[];
  /** A user beyond his limit is refused, in every scope; else he is let in, and his oldest connection goes. */
  readonly rejectsUsers: boolean;
}

/** The limits of one scope: of the process, or of one route. */
export type AdmissionLimits = Pick<Required<SseConnectionOptions>, 'max' | 'maxPerUser' | 'maxPerIp' | 'retryAfter'>;

/** Counts the places of one scope. A place is taken before the handler runs, so those who still wait count too. */
export class AdmissionScope {
  private taken = 0;
  private readonly perUser = new Map<string, number>();
  private readonly perIp = new Map<string, number>();

  constructor(private readonly limits: AdmissionLimits) {}

  /** @throws SseRefusedException if there is no place */
  check({ userId, remoteAddress }: Applicant, rejectsUsers: boolean): void {
    const { max, maxPerIp, maxPerUser } = this.limits;
    if (max !== null && this.taken >= max) {
      throw this.refusal('SSE_MAX_CONNECTIONS', 503, 'The server has no place for another stream at the moment.');
    }
    if (maxPerIp !== null && (this.perIp.get(partyOf(remoteAddress)) ?? 0) >= maxPerIp) {
      throw this.refusal('SSE_MAX_PER_IP', 429, `This address has ${maxPerIp} streams open, which is the maximum.`);
    }
    if (maxPerUser === null || userId === undefined || !rejectsUsers) return;
    if ((this.perUser.get(userId) ?? 0) >= maxPerUser) {
      throw this.refusal('SSE_MAX_PER_USER', 429, `This user has ${maxPerUser} streams open, which is the maximum.`);
    }
  }

  take(applicant: Applicant): void {
    this.count(applicant, 1);
  }

  release(applicant: Applicant): void {
    this.count(applicant, -1);
  }

  private count({ userId, remoteAddress }: Applicant, by: 1 | -1): void {
    this.taken += by;
    if (this.limits.maxPerIp !== null) add(this.perIp, partyOf(remoteAddress), by);
    if (this.limits.maxPerUser !== null && userId !== undefined) add(this.perUser, userId, by);
  }

  private refusal(
    code: 'SSE_MAX_CONNECTIONS' | 'SSE_MAX_PER_USER' | 'SSE_MAX_PER_IP',
    status: number,
    message: string,
  ) {
    return new SseRefusedException(code, status, message, jitter(this.limits.retryAfter, 0.5, 0.5));
  }
}

/** Why nobody is let in. */
interface Closure {
  readonly message: string;
  readonly retryAfter: () => number;
}

/** Lets connections in, or not. Others close it: it does not ask why. */
@Injectable()
export class Admission {
  /** Connections that were refused, of all routes and for all reasons. */
  refused = 0;
  /** Those of whom it is not known yet who they are: they have no place, and must not outlast the application. */
  readonly knocking = new Set<RawResponse>();
  private readonly closures: Closure[] = [];

  /**
   * From now on everybody is refused with 503 and told to come back after `retryAfter()` milliseconds, until what it
   * returns is called. The first who closes it is the one who says why.
   */
  close(message: string, retryAfter: () => number): () => void {
    const closure = { message, retryAfter };
    this.closures.push(closure);
    return () => {
      const index = this.closures.indexOf(closure);
      if (index >= 0) this.closures.splice(index, 1);
    };
  }

  /** @throws SseRefusedException if nobody is let in at the moment; asked again for who was let in before */
  checkOpen(): void {
    const [closure] = this.closures;
    if (!closure) return;
    const { message, retryAfter } = closure;
    throw new SseRefusedException('SSE_CLOSED_FOR_NEW', 503, message, retryAfter());
  }

  /**
   * Takes a place, from before the handler runs to the end of the connection, which gives it back to each scope.
   *
   * @throws SseRefusedException if one of the scopes has no place, or if nobody is let in at the moment
   */
  reserve(applicant: Applicant, { scopes, rejectsUsers }: AdmissionRules): void {
    try {
      this.checkOpen();
      for (const scope of scopes) scope.check(applicant, rejectsUsers);
    } catch (refusal) {
      this.refused++;
      throw refusal;
    }
    for (const scope of scopes) scope.take(applicant);
  }
}

function add(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
