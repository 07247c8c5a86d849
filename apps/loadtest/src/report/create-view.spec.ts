import { describe, expect, it } from '@jest/globals';
import { reportOf, sampleAt, samplesOf } from '../../../../test/harness/load-run.js';
import { TerminalScreen } from '../../../../test/harness/terminal-screen.js';
import { createView } from './create-view.js';
import { type LoadView } from './load-view.js';

const PLAN = { urls: ['http://127.0.0.1:3000/'], connections: 1_000, duration: 30 };

/** What was written, as it was written. */
class Output extends TerminalScreen {
  written = '';

  override write(text: string): boolean {
    this.written += text;
    return super.write(text);
  }
}

function viewOn(output: Output, env: NodeJS.ProcessEnv = {}): LoadView {
  return createView({ stdout: output, env, ...PLAN });
}

function indexOf(screen: TerminalScreen, start: string): number {
  return screen.lines.findIndex((line) => line.startsWith(start));
}

describe('createView', () => {
  it.each<[string, Partial<Output>, NodeJS.ProcessEnv]>([
    ['no terminal', { isTTY: false }, {}],
    ['NO_COLOR', {}, { NO_COLOR: '1' }],
    ['a dumb terminal', {}, { TERM: 'dumb' }],
    ['a build server', {}, { CI: 'true' }],
  ])('writes plain lines for %s, without an escape code', (_name, output, env) => {
    const screen = Object.assign(new Output(), output);
    const view = viewOn(screen, env);
    for (const sample of samplesOf(25)) view.sample(sample);
    view.line('Warning: something\u001b[2J');
    view.end(reportOf({ verdicts: [{ rule: 'lost <= 0', measured: '0', isKept: true }] }));
    expect(screen.written).not.toContain('\u001b');
    expect(screen.lines.filter((line) => / s {2}open /.test(line))).toHaveLength(2);
    expect(screen.lines).toContain('Warning: something�[2J');
    expect(screen.lines.at(-1)).toBe('  ✓ kept    lost <= 0  0');
  });

  it('gives in a plain line the rate since the line before', () => {
    const screen = Object.assign(new Output(400), { isTTY: false });
    const view = viewOn(screen);
    for (const seconds of [10, 20]) {
      const sample = sampleAt(seconds);
      view.sample({
        ...sample,
        counts: { ...sample.counts, events: seconds === 10 ? 1_000 : 1_500, refused: { 503: 2 } },
      });
    }
    expect(screen.lines[0]).toMatch(
      /^ {2}10 s {2}open 1,000 {2}.*refused 2 \(503: 2\).* events 1,000 \(100\/s\) {2}2\.5 MB/,
    );
    expect(screen.lines[1]).toContain('events 1,500 (50/s)');
  });

  it('misses no line where the seconds of the samples are not even', () => {
    const screen = Object.assign(new Output(400), { isTTY: false });
    const view = viewOn(screen);
    for (let seconds = 0.9996; seconds < 39; seconds += 0.9999) view.sample(sampleAt(seconds));
    expect(screen.lines.map((line) => line.slice(0, 6))).toEqual(['  10 s', '  20 s', '  30 s']);
  });
});

describe('the live view', () => {
  it('draws each second over the one before', () => {
    const screen = new Output();
    const view = viewOn(screen);
    for (const sample of samplesOf(12)) view.sample(sample);
    expect(screen.lines.filter((line) => line.startsWith('Load test'))).toHaveLength(1);
    expect(indexOf(screen, 'Load test')).toBe(0);
    expect(screen.lines.join('\n')).toContain('2 s of 30 s');
    expect(screen.cursorIsShown).toBe(false);
    view.end(reportOf());
  });

  it('puts lines above itself, where they stay', () => {
    const screen = new Output();
    const view = viewOn(screen);
    view.line('first');
    view.sample(sampleAt(1));
    view.line('second');
    view.sample(sampleAt(2));
    expect(screen.lines.slice(0, 2)).toEqual(['first', 'second']);
    expect(indexOf(screen, 'Load test')).toBe(2);
    view.end(reportOf());
  });

  it('takes a terminal that does not know its size for one of 80 by 24', () => {
    const screen = new Output();
    const stdout = { isTTY: true, columns: 0, rows: 0, write: (text: string) => screen.write(text), on() {}, off() {} };
    const view = createView({ stdout, env: {}, ...PLAN });
    view.sample(sampleAt(1));
    expect(screen.lines.filter((line) => line.startsWith('Load test'))).toHaveLength(1);
    expect(screen.lines.length).toBeGreaterThan(10);
    view.end(reportOf());
  });

  it.each([20, 33, 200])(
    'leaves nothing of the old frame behind when the terminal is resized to %i columns',
    (columns) => {
      const screen = new Output();
      const view = viewOn(screen);
      view.line('kept');
      view.sample(sampleAt(1));
      screen.resize(columns);
      view.sample(sampleAt(2));
      expect(screen.lines[0]).toBe('kept');
      expect(screen.lines.filter((line) => line.startsWith('Load test'))).toHaveLength(1);
      expect(indexOf(screen, 'Load test')).toBe(1);
    },
  );

  it('leaves the report in its place at the end, and listens to nothing any more', () => {
    const screen = new Output();
    const view = viewOn(screen);
    for (const sample of samplesOf(12)) view.sample(sample);
    view.end(reportOf());
    expect(screen.lines[0]).toBe('Load test  http://127.0.0.1:3000/news/events');
    expect(screen.lines.join('\n')).not.toContain('Ctrl-C');
    expect(screen.cursorIsShown).toBe(true);
    const { written } = screen;
    screen.resize(40);
    expect(screen.written).toBe(written);
  });
});
