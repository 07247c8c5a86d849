import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Sabotage } from './sabotage.js';

const compiled = fileURLToPath(new URL('node', import.meta.url));
/** Within the workspace, whose packages it needs; one for each run, since there may be several at a time. */
const folder = fileURLToPath(new URL(`../builds/${process.pid}`, import.meta.url));

/** The application's main file, on the library that the workspace has built. */
export const application = join(compiled, 'main.js');

/**
 * The application with a library of its own beside it, which Node finds before the workspace's. Returns its main file.
 *
 * @param library a package folder with a `dist`
 */
export async function buildWith(library: string, changes: Sabotage['changes']): Promise<string> {
  const copy = join(folder, 'node_modules/nestjs-event-stream');
  await mkdir(copy, { recursive: true });
  await cp(join(library, 'package.json'), join(copy, 'package.json'));
  await cp(join(library, 'dist'), join(copy, 'dist'), { recursive: true });
  await cp(compiled, join(folder, 'node'), { recursive: true });
  for (const change of changes) await breakFile(join(copy, 'dist', change.file), change);
  return join(folder, 'node/main.js');
}

export async function removeBuild(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

async function breakFile(file: string, { find, replace }: { find: string; replace: string }): Promise<void> {
  const code = await readFile(file, 'utf8');
  const [before, after, ...more] = code.split(find);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${file} does not have this once, so that it can't be broken there:\n${find}`);
  await writeFile(file, `${before}${replace}${after}`);
}
