import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { DASHBOARD_SETTINGS, type DashboardSettings } from './dashboard-settings.js';

/** Compiled and copied there by the build. Written so that it is found from the sources as well. */
const FOLDER = new URL('../../dist/dashboard/page/', import.meta.url);
/** What a file of the page is called: nothing that leads out of its folder. */
const FILE = /^[a-z]+(?:-[a-z]+)*\.(js|css|svg)$/;
/** The plots' library, which is a package of its own. */
const OF_UPLOT: Readonly<Record<string, string>> = {
  'uplot.js': 'uplot/dist/uPlot.iife.min.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
};
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
};
const BASE = '<base href="./" />';

/** A text with its media type. */
export interface Page {
  readonly type: string;
  readonly text: string;
}

/** The files of the page. They are read when somebody asks for them: nothing is held for a page that is rarely looked at. */
@Injectable()
export class Pages {
  private readonly resolve = createRequire(import.meta.url).resolve;

  constructor(@Inject(DASHBOARD_SETTINGS) private readonly settings: DashboardSettings) {}

  /**
   * The page. Its parts are found relative to it, since nobody here knows under which address a proxy shows it; an address
   * without a slash at its end is that of a file beside them.
   */
  async index(path: string): Promise<Page> {
    const html = await readFile(new URL('index.html', FOLDER), 'utf8');
    const base = path.endsWith('/') ? BASE : `<base href="./${this.settings.path.split('/').at(-1) ?? ''}/" />`;
    return { type: 'text/html; charset=utf-8', text: html.replace(BASE, base) };
  }

  /** @throws NotFoundException if there is no such part */
  async part(name: string): Promise<Page> {
    const [, ending = ''] = FILE.exec(name) ?? [];
    const type = TYPES[ending];
    if (type === undefined) throw new NotFoundException();
    try {
      return { type, text: await readFile(this.pathOf(name), 'utf8') };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new NotFoundException();
    }
  }

  private pathOf(name: string): string {
    const specifier = OF_UPLOT[name];
    return specifier === undefined ? fileURLToPath(new URL(name, FOLDER)) : this.resolve(specifier);
  }
}
