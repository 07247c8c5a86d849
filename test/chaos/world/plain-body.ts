import { type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';

/**
 * The plain bytes of an answer, all that have come before its end, however it ends. What no decoder takes is an error that
 * nobody handles: then the run has failed.
 */
export function plainBody(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  // A cut body has no end of its own: what came of it counts all the same.
  const decoder = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  response.on('data', (bytes: Buffer) => decoder.write(bytes));
  response.once('close', () => decoder.end());
  return decoder;
}
