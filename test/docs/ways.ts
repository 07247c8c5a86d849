import { CANNOT_RUN, type Exception } from './cannot-run.js';
import { type Way } from './example.js';
import { type CodeBlock } from './markdown.js';

/** Which blocks are run in which way. Each must be claimed by one. */
const CLAIMS: Readonly<Record<Way, (block: CodeBlock) => boolean>> = {
  module: (block) => block.language === 'ts' && !isProgram(block) && !hasTests(block),
  program: (block) => block.language === 'ts' && isProgram(block),
  tests: (block) => block.language === 'ts' && hasTests(block),
  'page code': (block) => block.language === 'js' && !isConfiguration(block) && !isScript(block),
  script: (block) => block.language === 'js' && isScript(block),
  'configuration of Jest': (block) => block.language === 'js' && isConfiguration(block),
  page: ({ language }) => language === 'html',
  commands: ({ language }) => language === 'sh',
  JSON: ({ language }) => language === 'json',
  YAML: ({ language }) => language === 'yaml',
  Python: ({ language }) => language === 'python',
  'configuration of nginx': ({ language }) => language === 'nginx',
  'configuration of Caddy': ({ language }) => language === 'caddyfile',
  output: ({ language }) => language === '',
  'not at all': () => false,
};

/** @throws for a block that nobody claims, or more than one */
export function wayOf(block: CodeBlock): Way {
  if (CANNOT_RUN.some((exception) => isMeant(exception, block))) return 'not at all';
  const ways = (Object.keys(CLAIMS) as Way[]).filter((way) => CLAIMS[way](block));
  const [way, ...others] = ways;
  if (way !== undefined && others.length === 0) return way;
  throw new Error(
    `${block.file}:${block.line}: ${ways.join(' and ') || `nobody`} would run this \`${block.language}\``,
  );
}

export function isMeant({ document, with: part }: Exception, { file, code }: CodeBlock): boolean {
  return file === document && code.includes(part);
}

/** It starts an application by itself. */
function isProgram({ code }: CodeBlock): boolean {
  return (
    /NestFactory\.create\b[^]*\.listen\(|NestFactory\.createApplicationContext\(/.test(code) && /^import /m.test(code)
  );
}

function hasTests({ code, name }: CodeBlock): boolean {
  return (name?.endsWith('.spec.ts') ?? false) || /^\s*(?:describe|it|test)(?:\.\w+)?\(/m.test(code);
}

/** No page has Node's modules. */
function isScript({ code, name }: CodeBlock): boolean {
  return (name?.endsWith('.mjs') ?? false) || /^import .* from 'node:/m.test(code);
}

function isConfiguration({ code }: CodeBlock): boolean {
  return /^(?:export default|module\.exports =)/m.test(code);
}
