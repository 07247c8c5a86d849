import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { type Target } from '../harness/matrix.js';
import { archive, neededPackages } from './packed-library.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
/** What `nest new` adds; TypeScript compiles with the types of Node. */
const OF_THE_APPLICATION = ['@nestjs/platform-express', '@nestjs/platform-fastify', '@types/node'];

/**
 * A folder of an application that has installed the packed library, outside of the workspace: the library finds what its
 * package.json asks for, and nothing else. Those packages are links to the workspace's, so no network is needed.
 */
export class Installation {
  private constructor(
    readonly folder: string,
    readonly nest: Target['nest'],
  ) {}

  static async create(nest: Target['nest']): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), `nest-${nest}-`));
    const installation = new Installation(folder, nest);
    const library = join(folder, 'node_modules/nestjs-event-stream');
    await mkdir(library, { recursive: true });
    await run('tar', ['-xzf', archive(), '--strip-components=1'], { cwd: library });
    for (const name of [...neededPackages(), ...OF_THE_APPLICATION]) await installation.link(name);
    const type = nest === 11 ? 'commonjs' : 'module';
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'application', private: true, type }));
    return installation;
  }

  /** Compiles the application with the settings that `nest new` of this version writes. */
  async compile(): Promise<void> {
    const app = join(import.meta.dirname, 'app');
    for (const file of ['main.ts', 'entries.ts']) await cp(join(app, file), join(this.folder, file));
    await cp(join(app, `tsconfig.nest-${this.nest}.json`), join(this.folder, 'tsconfig.json'));
    await this.node([join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']);
  }

  /** Runs Node in the folder, and resolves with what it wrote. */
  async node(args: string[], node = process.execPath): Promise<string> {
    try {
      const env = { PATH: process.env.PATH, NO_COLOR: '1' };
      const { stdout } = await run(node, args, { cwd: this.folder, env });
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`node ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
    }
  }

  async write(file: string, text: string): Promise<void> {
    await writeFile(join(this.folder, file), text);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private async link(name: string): Promise<void> {
    const ofNest11 = join(ROOT, 'test/nest-11/node_modules', name);
    const target = this.nest === 11 && existsSync(ofNest11) ? ofNest11 : join(ROOT, 'node_modules', name);
    const link = join(this.folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(target, link);
  }
}
