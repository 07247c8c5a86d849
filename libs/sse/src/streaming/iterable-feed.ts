import { type Sink } from './sink.js';
import { returnIterator } from './source.js';

/**
 * Feeds an AsyncIterable or a ReadableStream into a connection. It is asked for the next value only while there is room:
 * behind a client that does not read, no more than 16 values are taken after the socket is full.
 */
export async function feedIterable(iterator: AsyncIterator<unknown>, sink: Sink): Promise<void> {
  const { connection } = sink;
  let isDone = false;
  connection.attach('source', {
    release: () => {
      if (!isDone) returnIterator(iterator);
    },
  });
  try {
    for (;;) {
      if (!connection.hasRoom) await connection.room();
      if (connection.isClosed) return;
      const result = await iterator.next();
      isDone = result.done === true;
      if (isDone) break;
      sink.next(result.value);
    }
    sink.complete();
  } catch (error) {
    isDone = true;
    sink.error(error);
  }
}
