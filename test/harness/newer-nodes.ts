import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const FOLDER = join(import.meta.dirname, '../nodes/node_modules');

/** A Node that runs applications in tests. */
export interface NodeUnderTest {
  /** Such as `22`. */
  readonly major: number;
  /** Where it is; none where the set-up has none for this machine: there are some for Linux on x64 only. */
  readonly path: string | undefined;
}

const own: NodeUnderTest = { major: Number(process.versions.node.split('.')[0]), path: process.execPath };

/** The Node that runs the tests, and those that the set-up installs beside it. */
export const NODES: readonly NodeUnderTest[] = [
  own,
  ...[22, 24, 26].filter((major) => major !== own.major).map((major) => ({ major, path: installed(major) })),
];

function installed(major: number): string | undefined {
  const path = join(FOLDER, `node-${major}`, 'bin/node');
  return existsSync(path) ? path : undefined;
}
