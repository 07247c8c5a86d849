import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { digestOf } from './digest.js';

/** Whoever knows it when he signs in is an admin: `ADMIN_PASSWORD`, or else one that this start has made. */
@Injectable()
export class AdminPassword {
  /** To be shown to whoever has started the chat. `undefined` where he has chosen it himself. */
  readonly made = process.env.ADMIN_PASSWORD ? undefined : randomBytes(12).toString('base64url');
  private readonly digest = digestOf(this.made ?? process.env.ADMIN_PASSWORD ?? '');

  /** It takes as long for a guess that is nearly right as for any other. */
  is(guess: string): boolean {
    return timingSafeEqual(digestOf(guess), this.digest);
  }
}
