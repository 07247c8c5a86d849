import { constants, createGunzip, type Gunzip } from 'node:zlib';
import { type BodyCounter } from './event-counter.js';
import { type StreamSocket } from './stream-socket.js';

/** Small, since there is one for each stream, and most events fit. */
const OUTPUT_BYTES = 4_096;

/**
 * Counts the events of a gzip stream. It has a decoder of its own, since what a piece means depends on all that came before
 * on the same stream. The decoder works in zlib's threads: events are counted a little after their bytes.
 *
 * However much a body grows when it is inflated, it passes through one small buffer. When the decoder does not keep up the
 * stream is not read until it has.
 */
export class GzipBody implements BodyCounter {
  readonly #decoder: Gunzip;

  constructor(
    private readonly stream: StreamSocket,
    private readonly plain: BodyCounter,
  ) {
    // Each piece is passed on as soon as it is there, and a body that stops in the middle is no error of the encoding.
    this.#decoder = createGunzip({ chunkSize: OUTPUT_BYTES, finishFlush: constants.Z_SYNC_FLUSH });
    this.#decoder.on('data', (text: Buffer) => this.stream.countLater(this.plain.read(text, 0, text.length)));
    this.#decoder.on('drain', () => this.stream.resume());
    this.#decoder.once('error', () => this.stream.fail('ENCODING'));
  }

  read(bytes: Buffer, start: number, end: number): number {
    // A copy: the next socket reads into the same buffer before the decoder has had its turn.
    if (!this.#decoder.destroyed && !this.#decoder.write(Buffer.from(bytes.subarray(start, end)))) this.stream.pause();
    return 0;
  }

  end(done: () => void): void {
    if (this.#decoder.destroyed) {
      done();
      return;
    }
    this.#decoder.once('close', done);
    this.#decoder.end();
  }

  destroy(): void {
    this.#decoder.destroy();
  }
}
