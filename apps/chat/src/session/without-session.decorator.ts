import { Reflector } from '@nestjs/core';

/** A route that may be called by somebody who is not signed in. */
export const WithoutSession = Reflector.createDecorator<boolean>();
