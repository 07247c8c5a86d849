import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { archive, entries, manifest, PACKED, SOURCES } from './packed-library.js';

const BIN = join(import.meta.dirname, '../../node_modules/.bin');
/** Where it was packed from: there are its optional packages. */
const LIBRARY = join(SOURCES, '..');
const KIB = 1024;

/** What may be in the package. */
const ALLOWED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/.+\.(js|d\.ts)$/,
  /^dist\/dashboard\/page\/[a-z-]+\.(html|css|svg)$/,
];
/** What would be a mistake though it is called like that. */
const TESTS = /\.spec\.|\/fixtures?\//;

const files = execFileSync('tar', ['-tzf', archive()], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((path) => path.replace('package/', ''))
  .sort();
const scripts = files.filter((file) => file.endsWith('.js'));

describe('the packed library', () => {
  it('holds compiled scripts, their types, the files of the dashboard and its papers, and nothing else', () => {
    expect(files.filter((file) => !ALLOWED.some((allowed) => allowed.test(file)) || TESTS.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']));
  });

  it('holds what its entries name, for Node and for each way in which TypeScript looks for types', () => {
    const { exports, typesVersions } = manifest();
    const named = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? entry : Object.values(entry)));
    expect(named.filter((path) => !existsSync(join(PACKED, path)))).toEqual([]);
    const forOldResolution = Object.entries(typesVersions['*']!).map(([entry, [types]]) => [`./${entry}`, types]);
    const subEntries = Object.entries(exports).filter(([entry]) => entry !== '.' && !entry.endsWith('.json'));
    expect(forOldResolution).toEqual(subEntries.map(([entry, paths]) => [entry, (paths as { types: string }).types]));
  });

  it('has a source for each script and a script for each declaration: nothing is left of files that are gone', () => {
    const sourceOf = (script: string) => join(SOURCES, script.slice('dist/'.length).replace(/\.js$/, '.ts'));
    expect(scripts.filter((script) => !existsSync(sourceOf(script)))).toEqual([]);
    const declarations = files.filter((file) => file.endsWith('.d.ts'));
    expect(declarations.filter((file) => !scripts.includes(file.replace(/\.d\.ts$/, '.js')))).toEqual([]);
  });

  it('points to no source map, since there is none in it', () => {
    expect(scripts.filter((script) => readFileSync(join(PACKED, script), 'utf8').includes('sourceMappingURL'))).toEqual(
      [],
    );
  });

  it('holds all parts that the page of the dashboard asks for', () => {
    const page = readFileSync(join(PACKED, 'dist/dashboard/page/index.html'), 'utf8');
    const parts = [...page.matchAll(/"parts\/(?!uplot)([^"]+)"/g)].map(([, part]) => `dist/dashboard/page/${part}`);
    expect(parts.length).toBeGreaterThan(4);
    expect(files).toEqual(expect.arrayContaining(parts));
  });

  it('stays small', () => {
    expect(statSync(archive()).size).toBeLessThan(600 * KIB);
  });

  it('resolves in each module mode with the types of what runs', () => {
    // CommonJS gets an ES module from it: Node 20.19 and later can require that, of which this tool does not know.
    const ignored = ['--ignore-rules', 'cjs-resolves-to-esm'];
    const { stdout, status } = spawnSync(process.execPath, [join(BIN, 'attw'), archive(), '-f', 'json', ...ignored], {
      encoding: 'utf8',
      maxBuffer: 64 * KIB * KIB,
    });
    const { analysis } = JSON.parse(stdout) as { analysis: { entrypoints: object; problems: { kind: string }[] } };
    expect(analysis.problems.filter(({ kind }) => kind !== 'CJSResolvesToESM')).toEqual([]);
    expect(Object.keys(analysis.entrypoints)).toHaveLength(entries().length + 1);
    expect(status).toBe(0);
  });

  it('declares types that compile where libraries are checked, too', () => {
    const declarations = Object.values(manifest().exports).flatMap((entry) =>
      typeof entry === 'string' ? [] : join(LIBRARY, entry.types),
    );
    const settings = [
      '--ignoreConfig',
      '--noEmit',
      '--skipLibCheck',
      'false',
      '--module',
      'nodenext',
      '--target',
      'es2023',
    ];
    const args = [join(BIN, 'tsc'), ...settings, '--types', 'node', ...declarations];
    const { stdout } = spawnSync(process.execPath, args, { cwd: LIBRARY, encoding: 'utf8' });
    // What others declare wrongly is not looked at.
    expect(stdout.split('\n').filter((line) => line.startsWith('dist/'))).toEqual([]);
  });

  it('has a package.json that publint has nothing to say about', () => {
    const { stdout, status } = spawnSync(process.execPath, [join(BIN, 'publint'), '--strict', archive()], {
      encoding: 'utf8',
    });
    expect(stdout).toContain('All good');
    expect(status).toBe(0);
  });
});
