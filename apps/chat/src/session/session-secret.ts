import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';

/** `src/session` and `dist/session` are equally far from it. */
const FILE = fileURLToPath(new URL('../../.session-secret', import.meta.url));

/**
 * What sessions are signed with: `SESSION_SECRET`, or else a secret that the first start leaves in a file. All nodes need
 * the same one: whoever signed in on one of them is then known to the others, and still is after a restart.
 */
export function sessionSecret(): string {
  const given = process.env.SESSION_SECRET;
  if (given) return given;
  const made = randomBytes(32).toString('base64url');
  try {
    return keptSecret(made);
  } catch (error) {
    new Logger('SessionSecret').warn(`Sessions end with this process: set SESSION_SECRET. (${String(error)})`);
    return made;
  }
}

/** Of two nodes that start at once, one makes the file, whole at once, and both read it. */
function keptSecret(made: string): string {
  const own = `${FILE}.${process.pid}`;
  writeFileSync(own, made, { mode: 0o600 });
  try {
    linkSync(own, FILE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return readFileSync(FILE, 'utf8');
}
