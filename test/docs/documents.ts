import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './markdown.js';

/** The guides, those in folders too. */
export const GUIDES = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
  .sort();

const APPS = readdirSync(join(ROOT, 'apps')).map((name) => `apps/${name}/README.md`);

/** Every document that people read. */
export const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'libs/sse/README.md', ...APPS, ...GUIDES];
