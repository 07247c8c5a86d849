// Compiles the fixture application twice: as ES modules for Nest 12, and as CommonJS for Nest 11. The second one takes
// the library out of its packed archive, so that it also proves that the package can be required.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const library = join(root, 'libs/sse');
const fixture = join(root, 'test/fixture');
const nest11 = join(root, 'test/nest-11');

export default function compileFixture() {
  once(
    join(library, 'dist'),
    [join(library, 'src'), join(library, 'tsconfig.build.json'), join(library, 'copy-page.mjs')],
    () => {
      run('npm', ['run', 'build:lib'], root);
    },
  );
  const inputs = [fixture, join(library, 'dist'), join(library, 'package.json')];
  once(join(fixture, 'dist'), inputs, () => {
    rmSync(join(fixture, 'dist'), { recursive: true, force: true });
    tsc(join(fixture, 'tsconfig.json'));
  });
  once(join(nest11, 'dist'), [...inputs, join(nest11, 'tsconfig.json')], () => {
    rmSync(join(nest11, 'dist'), { recursive: true, force: true });
    unpackLibrary(join(nest11, 'dist/node_modules/nestjs-event-stream'));
    cpSync(fixture, join(nest11, 'dist/src'), { recursive: true, filter: (path) => !isOutput(path) });
    tsc(join(nest11, 'tsconfig.json'));
  });
}

/** Beside the compiled application, so that the library finds Nest 11 and not the workspace's Nest 12. */
function unpackLibrary(folder) {
  mkdirSync(folder, { recursive: true });
  const report = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], library);
  const packed = Object.values(JSON.parse(report))[0];
  run('tar', ['-xzf', packed.filename, '--strip-components=1'], folder);
}

function tsc(project) {
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], root);
}

function run(command, args, cwd) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

/** Does the work unless its inputs are those of the last time. */
function once(output, inputs, work) {
  const stamp = join(output, '.made-from');
  const state = createHash('sha256');
  for (const input of inputs) for (const file of filesIn(input)) describe(file, state);
  const current = state.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current) return;
  work();
  writeFileSync(stamp, current);
}

function describe(file, state) {
  const { size, mtimeMs } = statSync(file);
  state.update(`${file} ${size} ${mtimeMs}\n`);
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !isOutput(file) || isOutput(path))
    .sort();
}

function isOutput(path) {
  return /\/dist(\/|$)/.test(path);
}
