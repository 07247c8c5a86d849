import { describe, expect, it } from '@jest/globals';
import { type LiveView } from './page/answers.js';
import { History } from './page/history.js';

const historyOf = (...seconds: number[]) => {
  const history = new History([({ uptime }) => uptime]);
  for (const second of seconds) history.add({ uptime: second } as LiveView, second * 1_000);
  return history;
};

describe('the history of a plot', () => {
  it('has what was looked at, with its times', () => {
    const history = historyOf(1, 2, 3);
    expect([history.times, history.column(0)]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('breaks its line where nothing was heard for a while', () => {
    const history = historyOf(1, 2, 60);
    expect([history.times, history.column(0)]).toEqual([
      [1, 2, 3, 60],
      [1, 2, null, 60],
    ]);
  });

  it('begins anew where the clock was set back: plots need times that grow', () => {
    const history = historyOf(100, 101, 5, 6);
    expect([history.times, history.column(0)]).toEqual([
      [5, 6],
      [5, 6],
    ]);
  });

  it('forgets what is older than five minutes', () => {
    const { times } = historyOf(...Array.from({ length: 400 }, (_, second) => second));
    expect([times.length, times[0], times.at(-1)]).toEqual([300, 100, 399]);
  });
});
