import { ValidationPipe } from '@nestjs/common';

/** Bodies hold what their class declares and nothing else; a wrong one is answered 400 with a sentence per mistake. */
export function inputValidation(): ValidationPipe {
  return new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });
}
