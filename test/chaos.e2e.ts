import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { sabotages } from './chaos/sabotage.js';

const ROOT = join(import.meta.dirname, '..');
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');
const PROJECT = join(ROOT, 'test/chaos/tsconfig.build.json');
const CHAOS = join(ROOT, 'test/chaos/dist/chaos/main.js');
const MINUTE = 60_000;

// D3: the promise of docs/resume.md, with everything going wrong at once. `npm run chaos` plays more seeds.
describe('chaos', () => {
  beforeAll(async () => {
    const { code, output } = await run(COMPILER, '-p', PROJECT);
    if (code !== 0) throw new Error(output);
  }, MINUTE);

  it.each([1, 2, 3, 4, 5])(
    'loses nothing, repeats nothing, and tells what it cannot keep: seed %i',
    async (seed) => {
      const { code, output } = await run(CHAOS, '--seeds', '1', '--seed', String(seed));
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('ok') });
    },
    MINUTE,
  );

  describe.each(sabotages)('with a library that $name', ({ name, finds }) => {
    it(
      'is without fault as long as the library is whole',
      async () => {
        const { code, output } = await run(CHAOS, '--sabotage', name, '--whole');
        expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('ok') });
      },
      MINUTE,
    );

    it(
      'tells what is wrong',
      async () => {
        const { code, output } = await run(CHAOS, '--sabotage', name);
        expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(`Found: ${finds}`) });
      },
      MINUTE,
    );
  });
});

function run(script: string, ...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: ROOT }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}
