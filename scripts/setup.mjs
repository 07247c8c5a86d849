// Sets the checkout up: installs the locked packages, and with --test-tools what the tests run against.
// It has no dependency of its own, since it runs before anything is installed.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const withTestTools = process.argv.includes('--with-test-tools');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node ${process.versions.node} is too old: this project needs Node 20.19 or later.`);
}

if (packagesAreMissing(root)) {
  run('npm', ['ci', '--no-audit', '--no-fund']);
}
if (withTestTools) {
  installNewerNodes();
  installDebianPackages(
    [
      { command: 'redis-server', package: 'redis-server' },
      { command: 'chromium', package: 'chromium' },
      { command: 'curl', package: 'curl' },
      // For the interpreter of Debian, which is not always the first on the PATH.
      { file: '/usr/lib/python3/dist-packages/aiohttp', package: 'python3-aiohttp' },
    ].filter(({ command, file }) => (file ? !existsSync(file) : !isOnPath(command))),
  );
}

/**
 * The library is tested on newer versions of Node, too. They have a folder of their own: each command is called `node`, and
 * must not take the place of this one. There are some for Linux on x64 only; elsewhere these tests are left out.
 */
function installNewerNodes() {
  const folder = join(root, 'test', 'nodes');
  if (process.platform !== 'linux' || process.arch !== 'x64' || !packagesAreMissing(folder)) return;
  run('npm', ['ci', '--prefix', folder, '--no-audit', '--no-fund']);
}

/** npm writes its own copy of the lock file into node_modules: an older one means that the lock has moved since. */
function packagesAreMissing(folder) {
  const installed = join(folder, 'node_modules', '.package-lock.json');
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(join(folder, 'package-lock.json')).mtimeMs;
}

function installDebianPackages(tools) {
  if (tools.length === 0) return;
  const packages = tools.map((tool) => tool.package);
  if (!isOnPath('apt-get') || process.getuid?.() !== 0) {
    fail(
      `The tests need ${packages.join(' and ')}. Install them so that there is: ${tools.map(({ command, file }) => file ?? `${command} on the PATH`).join(', ')}. (As root on Debian, npm test does this itself.)`,
    );
  }
  run('apt-get', ['update', '-q']);
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
    DEBIAN_FRONTEND: 'noninteractive',
  });
}

function isOnPath(command) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, command)));
}

function run(command, args, env = {}) {
  console.log(`> ${command} ${args.join(' ')}`);
  execFileSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
