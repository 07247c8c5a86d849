import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

interface Manifest {
  version: string;
  exports: Record<string, string | { types: string; default: string }>;
  typesVersions: Record<string, Record<string, string[]>>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
}

/** What `npm pack` made of the library, unpacked; the harness packs it for the applications on Nest 11. */
export const PACKED = join(ROOT, 'test/nest-11/dist/node_modules/nestjs-event-stream');
/** The library's sources. */
export const SOURCES = join(ROOT, 'libs/sse/src');

export function manifest(): Manifest {
  return JSON.parse(readFileSync(join(PACKED, 'package.json'), 'utf8')) as Manifest;
}

export function archive(): string {
  return join(PACKED, `nestjs-event-stream-${manifest().version}.tgz`);
}

/** As one imports them: `nestjs-event-stream`, `nestjs-event-stream/redis`. */
export function entries(): string[] {
  return Object.keys(manifest().exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => `nestjs-event-stream${entry.slice(1)}`);
}

export function optionalPeers(): string[] {
  const { peerDependenciesMeta } = manifest();
  return Object.keys(peerDependenciesMeta).filter((name) => peerDependenciesMeta[name]!.optional);
}

/** What npm puts beside the library without being asked to, and what the application has to have anyway. */
export function neededPackages(): string[] {
  const { dependencies, peerDependencies } = manifest();
  const optional = optionalPeers();
  return [...Object.keys(dependencies), ...Object.keys(peerDependencies).filter((name) => !optional.includes(name))];
}
