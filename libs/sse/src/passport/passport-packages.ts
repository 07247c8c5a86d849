import { type PassportStrategy } from '@nestjs/passport';
import { type Strategy } from 'passport-jwt';
import { SseError } from '../index.js';

/** What is used of the packages. */
export interface PassportPackages {
  readonly PassportStrategy: typeof PassportStrategy;
  readonly Strategy: typeof Strategy;
}

/** The packages are optional peers: who does not use this entry does not need them. */
export async function loadPassport(): Promise<PassportPackages> {
  try {
    const [nest, jwt] = await Promise.all([import('@nestjs/passport'), import('passport-jwt')]);
    return { PassportStrategy: nest.PassportStrategy, Strategy: jwt.default.Strategy };
  } catch (error) {
    const message =
      "SseJwtModule needs packages of which one can't be loaded: npm install @nestjs/passport passport passport-jwt";
    throw new SseError('SSE_PACKAGE', message, { cause: error });
  }
}
