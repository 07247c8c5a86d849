import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { isObservable, type Observable } from 'rxjs';
import { ChannelSubscription } from '../channels/channel-subscription.js';
import { SseError } from '../protocol/sse-error.js';

/** Something that yields events, by the way in which it is read. */
export type FedSource =
  | { readonly kind: 'observable'; readonly observable: Observable<unknown> }
  | { readonly kind: 'iterable'; readonly iterator: AsyncIterator<unknown> };

/** What a handler returned. */
export type Source =
  | FedSource
  | {
      readonly kind: 'channels';
      readonly subscription: ChannelSubscription;
      /** The state that the stream begins with. */
      readonly snapshot: FedSource | undefined;
    };

/**
 * @throws SseError for anything that is no source
 */
export function sourceOf(result: unknown, handler: string): Source {
  if (result instanceof ChannelSubscription) {
    const { snapshot } = result;
    const state = snapshot && fedSourceOf(snapshot.source, `The source of startWith() in ${handler} is`);
    return { kind: 'channels', subscription: result, snapshot: state };
  }
  return fedSourceOf(result, `${handler} returned`, ', channels(…)');
}

function fedSourceOf(source: unknown, whose: string, orElse = ''): FedSource {
  if (isObservable(source)) return { kind: 'observable', observable: source };
  if (source instanceof ReadableStream) return { kind: 'iterable', iterator: readerOf(source) };
  if (isAsyncIterable(source)) return { kind: 'iterable', iterator: iteratorOf(source) };
  throw new SseError(
    'SSE_SOURCE',
    `${whose} ${describe(source)}: return an Observable, an AsyncIterable, a ReadableStream${orElse}, or a Promise of one.`,
  );
}

/** Lets go of a source that nobody is there to read. An Observable has done nothing yet. */
export function discardSource(source: Source): void {
  if (source.kind === 'channels' && source.snapshot) discardSource(source.snapshot);
  if (source.kind === 'iterable') returnIterator(source.iterator);
}

/** Ends an iterator early. Nobody waits for it, and nobody is there any more to be told that it failed. */
export function returnIterator(iterator: AsyncIterator<unknown>): void {
  try {
    iterator.return?.().then(undefined, ignore);
  } catch {
    // As above.
  }
}

function ignore(): void {}

/**
 * A ReadableStream's own iterator, and a Node stream's, return only after the read that is under way: behind a source
 * that is silent, never. So these are ended directly.
 */
function readerOf(stream: ReadableStream<unknown>): AsyncIterator<unknown> {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

function iteratorOf(iterable: AsyncIterable<unknown>): AsyncIterator<unknown> {
  const iterator = iterable[Symbol.asyncIterator]();
  if (!(iterable instanceof Readable)) return iterator;
  // It may fail before it is read, while a hook is awaited: the iterator then tells, and nobody else has to listen.
  iterable.on('error', ignore);
  return {
    next: () => iterator.next(),
    return: () => {
      iterable.destroy();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : `a ${typeof value}`;
}
