import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CodeBlock, ROOT } from './markdown.js';

const SOURCES = 'libs/sse/src';
const COMMENT = /\/\*\*(?:[^*]|\*(?!\/))*\*\//g;
const EXAMPLE = /^@example[ \t]*\n([^]*?)(?=^@|(?![^]))/gm;
const FENCED = /^```ts\n([^]*?)\n```/;

/** The `@example`s in the doc comments of the library, which editors show and the reference has. */
export function docCommentExamples(): CodeBlock[] {
  return readdirSync(join(ROOT, SOURCES), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.spec)\.ts$/.test(name))
    .sort()
    .flatMap((name) => examplesOf(`${SOURCES}/${name}`));
}

function examplesOf(file: string): CodeBlock[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(COMMENT)].flatMap(({ index, 0: comment }) => {
    const first = text.slice(0, index).split('\n').length;
    const lines = comment.replace(/^\/\*\*/, '').replace(/\*\/$/, '');
    const content = lines.replaceAll(/^ *\* ?/gm, '');
    return [...content.matchAll(EXAMPLE)].map(({ index: start, 1: example = '' }) => {
      const fenced = FENCED.exec(example);
      const line = first + content.slice(0, start).split('\n').length + (fenced ? 1 : 0);
      return { file, line, language: 'ts', name: undefined, code: (fenced?.[1] ?? example).trimEnd() };
    });
  });
}
