import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { type Way } from './example.js';
import { logContexts } from './log-contexts.js';
import { type CodeBlock } from './markdown.js';
import { problemsOfCommands } from './shell/checked-commands.js';

/** typedoc brings a parser of YAML. */
const { parse: parseYaml } = createRequire(createRequire(import.meta.url).resolve('typedoc'))('yaml') as {
  parse(text: string): unknown;
};

/** It is read only; the whole program is run by test/clients.e2e.ts. */
const PYTHON = '/usr/bin/python3';
const COMPILE = `import ast, sys\ncompile(sys.stdin.read(), 'example', 'exec', ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)`;

/** What is wrong with a block that can be told by reading it. */
export function problemsOfReading(way: Way, { code }: CodeBlock): string[] {
  return READ[way]?.(code) ?? [];
}

const READ: Readonly<Partial<Record<Way, (code: string) => string[]>>> = {
  JSON: (code) => caught(() => JSON.parse(code) as unknown),
  YAML: (code) => caught(() => parseYaml(code)),
  commands: problemsOfCommands,
  'not at all': (code) => problemsOfSyntax(code),
  Python: (code) => (existsSync(PYTHON) ? caught(() => execFileSync(PYTHON, ['-c', COMPILE], { input: code })) : []),
  'configuration of Jest': problemsOfJest,
  'configuration of nginx': (code) => checkedBy('/usr/sbin/nginx', code, (file) => ['-t', '-c', file]),
  'configuration of Caddy': (code) =>
    checkedBy('/usr/bin/caddy', code, (file) => ['validate', '--adapter', 'caddyfile', '--config', file]),
  output: problemsOfOutput,
};

/** Output depends on the day. But lines of the log are of parts that log. */
function problemsOfOutput(code: string): string[] {
  const named = [...code.matchAll(/^(?:[A-Z]+ +)?\[(Sse\w+)\] /gm)].map(([, context = '']) => context);
  return named.filter((context) => !logContexts().includes(context)).map((context) => `nobody logs as ${context}`);
}

/** What is not run is at least JavaScript. */
function problemsOfSyntax(code: string): string[] {
  const { diagnostics = [] } = ts.transpileModule(code, { reportDiagnostics: true, fileName: 'example.js' });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** It is evaluated. That Jest runs tests with such a configuration is seen by those of the test kit. */
function problemsOfJest(code: string): string[] {
  const sandbox = { module: {} };
  return caught(() => runInNewContext(code.replace('export default', 'module.exports ='), sandbox));
}

/** Where a server is not installed, what is for it can only be looked at: its braces. */
function checkedBy(program: string, code: string, args: (file: string) => string[]): string[] {
  if (!existsSync(program)) return code.split('{').length === code.split('}').length ? [] : ['a brace is missing'];
  const folder = mkdtempSync(join(tmpdir(), 'sse-configuration-'));
  const file = join(folder, 'configuration');
  writeFileSync(file, `${code}\n`);
  try {
    return caught(() => execFileSync(program, args(file), { stdio: 'pipe', cwd: folder }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function caught(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
