import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** A fenced block of a document. */
export interface CodeBlock {
  readonly file: string;
  /** The line of the document on which the code begins, from 1. */
  readonly line: number;
  readonly language: string;
  /** The path in a comment on the first line, such as `src/main.ts`, if there is one. */
  readonly name: string | undefined;
  readonly code: string;
}

/** Also within a list, where it is indented. */
const FENCE = /^( *)```([\w-]*)\n([^]*?)\n\1```$/gm;
const NAME = /^(?:\/\/|<!--) ([\w./-]+\.\w+)(?: -->)?$/m;

export function readDocument(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

export function codeBlocks(file: string): CodeBlock[] {
  const text = readDocument(file);
  return [...text.matchAll(FENCE)].map(({ index, 1: indent = '', 2: language = '', 3: indented = '' }) => {
    const code = indented.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const line = text.slice(0, index).split('\n').length + 1;
    return { file, line, language, name: NAME.exec(code.split('\n', 1)[0] ?? '')?.[1], code };
  });
}

/** The lines of a document that look like a fence and are not one of a block. */
export function strayFences(file: string): string[] {
  const rest = readDocument(file).replace(FENCE, (block) => block.replaceAll(/[^\n]/g, ''));
  return rest.split('\n').flatMap((line, index) => (/^[\s>]*(?:```|~~~)/.test(line) ? [`${file}:${index + 1}`] : []));
}

/** The targets of the links that do not leave the repository. */
export function relativeLinks(file: string): string[] {
  const targets = [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** What a link may name behind its `#`. */
export function anchors(file: string): string[] {
  return [...prose(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Names of files that stand in backticks, with their folder. */
export function fileNames(file: string): string[] {
  return [...prose(file).matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.\w+)`/g)].map(([, name = '']) => name);
}

/** Names of npm scripts that stand in backticks. */
export function scriptNames(file: string): string[] {
  return [...prose(file).matchAll(/`(?:[A-Z_]+=\S+ )*npm (?:run )?(start|test|(?<=run )[\w:]+)\b[^`]*`/g)].map(
    ([, name = '']) => name,
  );
}

/** Names of metrics, such as `sse_connections`, without what a histogram adds to its own. */
export function metricNames(file: string): string[] {
  const names = [...readDocument(file).matchAll(/\bsse_\w+/g)].map(([name]) =>
    name.replace(/_(?:bucket|sum|count)$/, ''),
  );
  return [...new Set(names)].filter((name) => !name.endsWith('_'));
}

/** The table behind the comment `<!-- marker -->`, by the names of its columns. Backticks are taken off. */
export function tableAfter(file: string, marker: string): Record<string, string>[] {
  const [, after] = readDocument(file).split(`<!-- ${marker} -->\n\n`);
  const rows = (after?.split('\n\n', 1)[0] ?? '').split('\n').map(cells);
  const [columns = [], , ...body] = rows;
  return body.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? ''])));
}

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'));
}

function prose(file: string): string {
  return readDocument(file).replace(FENCE, '');
}
