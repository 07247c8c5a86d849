import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
/** Stands where it was written, and not where the compiled code is. */
const page = new URL('../../src/report/page/', import.meta.url);

/** What is put into every report, so that it needs nothing from elsewhere. */
export interface PageParts {
  styles: readonly string[];
  scripts: readonly string[];
  /** A `data:` URL. */
  icon: string;
}

export function readPageParts(): PageParts {
  const own = (name: string): string => readFileSync(new URL(name, page), 'utf8');
  const uPlot = (name: string): string => readFileSync(require.resolve(`uplot/dist/${name}`), 'utf8');
  return {
    styles: [uPlot('uPlot.min.css'), own('report.css')],
    scripts: [uPlot('uPlot.iife.min.js'), own('plots.js')],
    icon: `data:image/svg+xml,${encodeURIComponent(own('icon.svg').replace(/\n\s*/g, ' '))}`,
  };
}

/** Only these scripts and styles: what a tested server has smuggled into a report would not run either. */
export function contentSecurityPolicy({ styles, scripts }: PageParts): string {
  const hashes = (texts: readonly string[]): string => texts.map((text) => `'sha256-${sha256(text)}'`).join(' ');
  return `default-src 'none'; img-src data:; style-src ${hashes(styles)}; script-src ${hashes(scripts)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
