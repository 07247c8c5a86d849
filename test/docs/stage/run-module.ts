import { type Type } from '@nestjs/common';
import { dirname, join } from 'node:path';
import { type Example } from '../example.js';
import { SOURCES } from '../folders.js';
import { methodArguments } from '../surroundings/method-arguments.js';
import { ExampleApplication } from './example-application.js';
import { type Parts, partsOf } from './parts.js';
import { type Route, routesOf } from './routes.js';
import { runTests } from './tests.js';
import { FRESH } from './fresh-imports.js';
import { Visit } from './visit.js';

type Methods = Record<string, (...args: unknown[]) => unknown>;

/** Hooks and options are met by a stream of the surroundings. */
const SURROUNDINGS: Route = { method: 'GET', path: '/news/events', url: '/news/events', isStream: true };

/** Loads a module: its statements run. Then what it has is made an application, each of whose routes is called. */
export async function runModule(example: Example): Promise<void> {
  const stage = example.onStage ? await ExampleApplication.start() : undefined;
  try {
    await stage?.takeTheStage();
    const exported = await load(example.path ?? '');
    const tests = await runTests();
    if (example.way === 'tests') {
      if (tests === 0) throw new Error('It has no tests');
      return;
    }
    if (example.isPart) return;
    const parts = partsOf(exported);
    for (const app of parts.apps)
      if (app !== stage?.nest) await callRoutes(await ExampleApplication.listen(app), example);
    if (hasAny(parts)) await callRoutes(await ExampleApplication.start(parts), example, exported);
  } finally {
    await stage?.close();
  }
}

/** The application of a module, for page code, commands and pages of the same document. */
export async function applicationOf({ application, name }: Example): Promise<ExampleApplication> {
  const exported = Object.assign({}, ...(await Promise.all(application.map(load)))) as object;
  return ExampleApplication.start(partsOf(exported), name && join(SOURCES, dirname(name)));
}

let loads = 0;

/** Anew each time, with all that it imports of the examples: what a module keeps belongs to one application. */
function load(path: string): Promise<object> {
  return import(`${path}?${FRESH}=${++loads}`) as Promise<object>;
}

function hasAny({ modules, controllers, providers, guards, backplanes }: Parts): boolean {
  return [modules, controllers, providers, guards, backplanes].some(({ length }) => length > 0);
}

async function callRoutes(app: ExampleApplication, example: Example, exported?: object): Promise<void> {
  try {
    const routes = routesOf(app.nest);
    const own = exported === undefined || routes.some(({ isStream }) => isStream);
    const visit = new Visit(app, example.document);
    for (const route of own ? routes : [SURROUNDINGS, ...routes]) await visit.call(route);
    for (const { className, method, parameters } of example.calls) {
      const type = (exported as Record<string, Type<Methods>> | undefined)?.[className];
      if (type) await app.nest.get(type, { strict: false })[method]?.(...parameters.map(argumentFor));
    }
  } finally {
    await app.close();
  }
}

function argumentFor(name: string): unknown {
  if (name in methodArguments) return methodArguments[name];
  throw new Error(
    `Nobody knows what to call it with for ${name}: add it to test/docs/surroundings/method-arguments.ts`,
  );
}
