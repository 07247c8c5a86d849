import { Readable, type Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import zlib from 'node:zlib';

type MakeDecoder = () => Transform;

/** Those that this Node has: zstd came with 22.15. */
const decoders: Partial<Record<string, MakeDecoder>> = {
  gzip: zlib.createGunzip,
  zstd: (zlib as { createZstdDecompress?: MakeDecoder }).createZstdDecompress,
};

/**
 * The plain bytes of a body, each as soon as it can be known. It fails where the body is cut, or does not end as its encoding
 * demands.
 */
export function decodedBody(body: AsyncIterable<Uint8Array>, encoding: string | undefined): AsyncIterable<Uint8Array> {
  const decoder = decoders[encoding ?? '']?.();
  if (!decoder) return body;
  const encoded = Readable.from(body, { objectMode: false });
  // The end of one is the end of the other, however it came to it.
  void finished(encoded).catch((error: unknown) => decoder.destroy(error as Error));
  return encoded.pipe(decoder);
}
