import { Cursor } from '../returning/cursor.js';
import { CursorReader } from '../returning/cursor-reader.js';
import { type Delivery } from '../verifying/delivery.js';
import { StampParser } from '../verifying/stamp.js';
import { StampReader } from '../verifying/stamp-reader.js';
import { type BodyCounter, EventCounter } from './event-counter.js';
import { GzipBody } from './gzip-body.js';
import { type ResponseHead } from './response-head.js';
import { type StreamSocket } from './stream-socket.js';

const unread: BodyCounter = { read: () => 0 };

/** Gives each stream the cheapest reader that finds out what is asked for, behind a decoder if its body needs one. */
export function bodyReaders(delivery?: Delivery): (head: ResponseHead, stream: StreamSocket) => BodyCounter {
  const parser = new StampParser();
  const plainReader = ({ index, visitor }: StreamSocket): BodyCounter => {
    if (delivery) return new StampReader(visitor?.cursor ?? new Cursor(), parser, delivery.receiver(index));
    return visitor ? new CursorReader(visitor.cursor) : new EventCounter();
  };
  return (head, stream) => {
    const encoding = head.header('content-encoding')?.toLowerCase() ?? 'identity';
    if (encoding === 'identity' || encoding === '') return plainReader(stream);
    if (encoding === 'gzip' || encoding === 'x-gzip') return new GzipBody(stream, plainReader(stream));
    // Whatever was counted in it would be wrong.
    stream.fail('ENCODING');
    return unread;
  };
}
