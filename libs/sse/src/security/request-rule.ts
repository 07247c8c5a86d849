import { type ExecutionContext } from '@nestjs/common';
import { type HttpExchange } from '../transport/http-exchange.js';

/** What is wrong with a request, in words for the log; `undefined` where nothing is. */
export type RequestProblem = string | undefined;

/** One rule, compiled from the options once. */
export type RequestRule = (
  exchange: HttpExchange,
  context: ExecutionContext,
) => RequestProblem | Promise<RequestProblem>;
