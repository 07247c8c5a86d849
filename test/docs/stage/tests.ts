import { createRequire } from 'node:module';
import { format } from 'node:util';
import type * as JestExpect from '@jest/expect';
import type * as JestTimers from '@jest/fake-timers';

/** Jest's own, without Jest: it says so itself where `@jest/globals` is imported outside of it. */
const ofJest = createRequire(createRequire(import.meta.url).resolve('@jest/globals'));
export const { jestExpect: expect } = ofJest('@jest/expect') as typeof JestExpect;
const { ModernFakeTimers } = createRequire(ofJest.resolve('@jest/environment'))(
  '@jest/fake-timers',
) as typeof JestTimers;
const config = { rootDir: '/', fakeTimers: {} };
const timers = new ModernFakeTimers({ config: config as never, global: globalThis });

export const jest = {
  ...(ofJest('jest-mock') as object),
  useFakeTimers: (...init: Parameters<typeof timers.useFakeTimers>) => timers.useFakeTimers(...init),
  useRealTimers: () => timers.useRealTimers(),
};
export const vi = jest;

type Work = () => unknown;

interface Group {
  readonly name: string;
  readonly parent: Group | undefined;
  readonly hooks: Record<'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll', Work[]>;
  readonly members: (Group | { title: string; run: Work })[];
}

let current = group('');

export const beforeAll = (work: Work) => void current.hooks.beforeAll.push(work);
export const beforeEach = (work: Work) => void current.hooks.beforeEach.push(work);
export const afterEach = (work: Work) => void current.hooks.afterEach.push(work);
export const afterAll = (work: Work) => void current.hooks.afterAll.push(work);

export function it(title: string, run: Work): void {
  current.members.push({ title, run });
}
it.each = each(it);
export const test = it;

export function describe(name: string, define: () => void): void {
  const outer = current;
  current = group(name, outer);
  outer.members.push(current);
  define();
  current = outer;
}
describe.each = each(describe);

/** A row is an argument, or a list of them; the title has `%s` and the like for it, or `$name`. */
function each(declare: (title: string, run: () => void) => void) {
  return (table: readonly unknown[]) => (title: string, run: (...row: unknown[]) => void) => {
    for (const row of table) {
      const values = Array.isArray(row) ? (row as unknown[]) : [row];
      declare(format(title, ...values), () => run(...values));
    }
  };
}

/** Runs what an example has declared since the last time. @returns how many tests there were */
export async function runTests(): Promise<number> {
  const all = current;
  current = group('');
  try {
    return await runGroup(all);
  } finally {
    timers.useRealTimers();
  }
}

async function runGroup(of: Group): Promise<number> {
  await runAll(of.hooks.beforeAll);
  const tests = of.members.filter((member) => 'run' in member);
  // Those that share nothing wait together: the tests of a backplane are many.
  if (hasNoHooks(of)) await Promise.all(tests.map(({ title, run }) => runTest(title, run, of)));
  else for (const { title, run } of tests) await runTest(title, run, of);
  let count = tests.length;
  for (const member of of.members) if (!('run' in member)) count += await runGroup(member);
  // Hooks alone are run too, as around a test without a body.
  if (of.members.length === 0) await runTest('hooks', () => undefined, of);
  await runAll(of.hooks.afterAll);
  return count;
}

async function runTest(title: string, run: Work, of: Group): Promise<void> {
  const around = [...outerOf(of)];
  try {
    for (const { hooks } of [...around].reverse()) await runAll(hooks.beforeEach);
    await run();
  } catch (error) {
    throw new Error(`the test "${title}" failed: ${(error as Error).message}`, { cause: error });
  } finally {
    for (const { hooks } of around) await runAll(hooks.afterEach);
  }
}

async function runAll(works: readonly Work[]): Promise<void> {
  for (const work of works) await work();
}

function* outerOf(of: Group | undefined): Iterable<Group> {
  for (let one = of; one; one = one.parent) yield one;
}

function hasNoHooks(of: Group): boolean {
  return [...outerOf(of)].every(({ hooks }) => Object.values(hooks).every(({ length }) => length === 0));
}

function group(name: string, parent?: Group): Group {
  return { name, parent, hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] }, members: [] };
}
