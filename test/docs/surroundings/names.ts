import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { REPOSITORY } from '../folders.js';

const LIBRARY = join(REPOSITORY, 'libs/sse');

/** Names, and of each whether it is only a type. */
export type Names = ReadonlyMap<string, boolean>;

/** What a block that imports nothing may use of packages: one that is missing here is one word more. */
const OTHERS = Object.entries({
  '@jest/globals': 'afterAll afterEach beforeAll beforeEach describe expect it jest test',
  '@nestjs/common': `Body Controller Delete ForbiddenException Get Global HttpException Inject Injectable type:MessageEvent Module
      NotFoundException type:OnModuleDestroy type:OnModuleInit Param Patch Post Put Query RequestMethod Sse
      UnauthorizedException UseGuards UseInterceptors`,
  '@nestjs/terminus': 'HealthCheck HealthCheckService TerminusModule',
  'node:crypto': 'randomUUID',
  'prom-client': 'Counter',
  rxjs: 'firstValueFrom from map Observable of',
}).map(([name, list]) => [name, namesIn(list)] as const);

/** The library's own, of all its entries, and those of others. */
export const PACKAGES: ReadonlyMap<string, Names> = new Map([...libraryEntries(), ...OTHERS]);

/** What a method may use as `this.name` though its class is not shown. */
export const INJECTED: ReadonlyMap<string, string> = new Map([
  ['sse', 'SseBroadcaster'],
  ['revocations', 'SseRevocations'],
  ['tickets', 'SseTickets'],
]);

/** The files of this folder whose exports a block may use. */
export const SURROUNDINGS = ['readers-own', 'stage'] as const;

export function namesOf(file: (typeof SURROUNDINGS)[number]): Names {
  return exportsOfSurroundings[file];
}

const exportsOfSurroundings = {
  'readers-own': exportsOf('readers-own'),
  stage: exportsOf('stage'),
};

function namesIn(list: string): Names {
  return new Map(list.split(/\s+/).map((word) => [word.replace('type:', ''), word.startsWith('type:')]));
}

function libraryEntries(): [string, Names][] {
  const { name, exports } = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8')) as {
    name: string;
    exports: Record<string, unknown>;
  };
  const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
  return entries.map((entry) => [posix.join(name, entry), exportsIn(join(LIBRARY, 'src', entry, 'index.ts'))]);
}

function exportsOf(file: string): Names {
  return exportsIn(join(import.meta.dirname, `${file}.ts`));
}

function exportsIn(path: string): Names {
  const { statements } = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2023);
  const names = new Map<string, boolean>();
  for (const statement of statements) {
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause))
      for (const { name, isTypeOnly } of statement.exportClause.elements)
        names.set(name.text, isTypeOnly || statement.isTypeOnly);
    if (!ts.canHaveModifiers(statement)) continue;
    if (!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    const declarations = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
    for (const { name } of declarations as readonly ts.NamedDeclaration[])
      if (name && ts.isIdentifier(name)) names.set(name.text, isType);
  }
  return names;
}
