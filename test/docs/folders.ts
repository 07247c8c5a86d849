import { join, sep } from 'node:path';

/** Of the repository, from here or from where this is compiled to. */
export const REPOSITORY = import.meta.dirname.split(`${sep}test${sep}docs`)[0] ?? '';

/** Ignored by git, ESLint and Prettier as every `dist` is. */
export const OUTPUT = join(REPOSITORY, 'test/docs/dist');
/** The blocks as files; each that has a name stands as the file that it names. */
export const SOURCES = join(OUTPUT, 'examples');
/** Folders as in `test`. */
export const BUILT = join(OUTPUT, 'built');
export const BUILT_EXAMPLES = join(BUILT, 'docs/dist/examples');
