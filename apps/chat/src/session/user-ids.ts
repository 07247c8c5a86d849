import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type ChatUser, makeUser } from './chat-user.js';
import { sessionSecret } from './session-secret.js';

/** Who somebody is that signs in. Any node that has the secret knows it, and nobody is stored anywhere. */
@Injectable()
export class UserIds {
  private readonly secret = sessionSecret();

  /** The same person for the same name in the same browser; nobody else can become it. */
  userFor(name: string, browser: string): ChatUser {
    const tag = createHmac('sha256', this.secret).update(`user ${browser} ${name}`).digest('base64url');
    return makeUser(name, tag.slice(0, 16));
  }
}
