import { type ExecutionContext } from '@nestjs/common';
import { HttpExchange } from '../transport/http-exchange.js';

/** The request that a guard is asked about, whichever platform brought it. */
export function exchangeOf(context: ExecutionContext): HttpExchange {
  const [request, response] = context.getArgs<[object, object]>();
  return new HttpExchange(request, response);
}
