import { type SseTestEvent } from './event-reader.js';

/** So many lines at most: what came last tells most. */
const MAX_LINES = 20;
const MAX_DATA = 120;

interface Line {
  readonly text: string;
  count: number;
}

/** What came on a stream, in order and in short, for the message of a test that had expected something else. */
export class Transcript {
  private readonly lines: Line[] = [];
  private leftOut = 0;

  event({ id, type, data }: SseTestEvent): void {
    this.add(`event "${type}"${id === undefined ? '' : ` with id ${id}`}: ${shortened(data)}`);
  }

  comment(text: string): void {
    this.add(text === '' ? 'comment (empty, as a heartbeat)' : `comment: ${shortened(text)}`);
  }

  retry(milliseconds: number): void {
    this.add(`retry: ${milliseconds}`);
  }

  /** One line for each, the oldest first; those that are alike share one. */
  toString(): string {
    const lines = this.lines.map(({ text, count }) => `  ${text}${count > 1 ? ` (${count} times)` : ''}`);
    if (this.leftOut > 0) lines.unshift(`  … ${this.leftOut} before`);
    return lines.join('\n');
  }

  private add(text: string): void {
    const last = this.lines.at(-1);
    if (last?.text === text) {
      last.count++;
      return;
    }
    this.lines.push({ text, count: 1 });
    if (this.lines.length > MAX_LINES) this.leftOut += this.lines.shift()?.count ?? 0;
  }
}

/** On one line, and no more than fits there. */
export function shortened(text: string, length = MAX_DATA): string {
  const line = text.replace(/\r?\n/g, '⏎');
  return line.length > length ? `${line.slice(0, length)}… (${text.length} characters)` : line;
}
