import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './markdown.js';

const SOURCES = join(ROOT, 'libs/sse/src');

/** The names under which the library logs, such as `SseDrain`. */
export function logContexts(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.spec)\.ts$/.test(name),
  );
  const contexts = files.flatMap((file) =>
    [...readFileSync(join(SOURCES, file), 'utf8').matchAll(/new Logger\('(\w+)'\)/g)].map(
      ([, context = '']) => context,
    ),
  );
  return [...new Set(contexts)].sort();
}
