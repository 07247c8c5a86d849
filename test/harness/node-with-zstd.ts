import process from 'node:process';
import zlib from 'node:zlib';
import { NODES } from './newer-nodes.js';

/** A Node that has zstd: this one, or a newer one that the set-up installs beside it; none where there is none for the machine. */
export const nodeWithZstd: string | undefined =
  'zstdCompressSync' in zlib ? process.execPath : NODES.find(({ major }) => major === 22)?.path;
