import { type SseIdentity } from '../options/sse-identity.js';
import { type RawResponse } from '../transport/http-exchange.js';
import { type LazyAborter } from './lazy-aborter.js';

/** What a connection is made of. */
export interface ConnectionOrigin {
  readonly id: string;
  readonly identity: SseIdentity | undefined;
  readonly remoteAddress: string;
  readonly isGet: boolean;
  /** The path of its URL, by which the mark of its end is known again. */
  readonly path: string;
  /** Where Nest's own signal was asked for. */
  readonly aborter: LazyAborter | undefined;
  readonly response: RawResponse;
}
