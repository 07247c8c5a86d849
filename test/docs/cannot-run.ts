/** A block that nothing runs. */
export interface Exception {
  readonly document: string;
  /** A part of the block, by which it is known. */
  readonly with: string;
  readonly because: string;
}

/** All of them. A block is here only where running it would need another machine, or would harm this one. */
export const CANNOT_RUN: readonly Exception[] = ['news.js', 'chat.js', 'auth.js', 'page.js'].map((name) => ({
  document: 'docs/migration.md',
  with: `// before: ${name}`,
  because: 'shows what the reader has, of other libraries; only its syntax is checked',
}));
