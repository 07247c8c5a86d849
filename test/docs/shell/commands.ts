import { PROGRAMS, SERVERS } from '../surroundings/terminal.js';

/** The lines that are run as they are; of the others it is checked whether they could be, see checked-commands.ts. */
export function runnableLines(code: string): string[] {
  return commandLines(code).filter(
    (line) => !SERVERS.test(line) && programsOf(line).every((program) => PROGRAMS.has(program)),
  );
}

/** A line of a `sh` block as a shell takes it: quotes and backslashes may make several lines one. */
export function commandLines(code: string): string[] {
  const lines: string[] = [];
  let open = '';
  for (const line of code.split('\n')) {
    open = open === '' ? line : `${open}\n${line}`;
    if (isOpen(open)) continue;
    if (!/^\s*(?:#.*)?$/.test(open)) lines.push(open);
    open = '';
  }
  return open === '' ? lines : [...lines, open];
}

/** The words of a command, without what the shell does with them, and without a comment. */
export function wordsOf(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\#]|(?<=\S)#)+|#.*/g) ?? [];
  return words.filter((word) => !word.startsWith('#')).map((word) => word.replaceAll(/^(['"])([^]*)\1$/g, '$2'));
}

/** The variables that are set for a command, and its words: `PORT=3001 npm start`. */
export function commandOf(line: string): { variables: string[]; words: string[] } {
  const words = wordsOf(line);
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  const end = first === -1 ? words.length : first;
  return { variables: words.slice(0, end).map((word) => word.split('=', 1)[0] ?? ''), words: words.slice(end) };
}

/** Every program that a line starts, those behind pipes and in `$(…)` too. */
export function programsOf(line: string): string[] {
  const bare = line.replaceAll(/'[^']*'/g, "''").replaceAll(/#.*$/gm, '');
  return bare
    .split(/\|\|?|;|&&|\$\(|\n/)
    .map((part) => commandOf(part.trim().replace(/^(?:do|time) /, '')).words[0])
    .filter((word) => word !== undefined && !/^(?:done|for)\b/.test(word)) as string[];
}

function isOpen(text: string): boolean {
  const quotes = text.replaceAll(/\\./g, '').replaceAll(/"[^"]*"|'[^']*'/g, '');
  return /['"]/.test(quotes.replaceAll(/#.*$/gm, '')) || text.endsWith('\\');
}
