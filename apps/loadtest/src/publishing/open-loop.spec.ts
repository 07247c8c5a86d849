import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Due, OpenLoop } from './open-loop.js';

describe('OpenLoop', () => {
  let sent: Due[];
  let answers: (() => void)[];

  beforeEach(() => {
    jest.useFakeTimers();
    sent = [];
    answers = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  function started(rate: number, lanes: number, places: number, concurrency: number): OpenLoop {
    const loop = new OpenLoop(rate, { lanes, places, concurrency }, (due) => {
      sent.push(due);
      return new Promise((resolve) => answers.push(resolve));
    });
    loop.start();
    return loop;
  }

  async function answer(count = 1): Promise<void> {
    for (const resolve of answers.splice(0, count)) resolve();
    await jest.advanceTimersByTimeAsync(0);
  }

  it('sends by the clock, whoever answers', async () => {
    const loop = started(100, 1, 1_000, 1_000);
    await jest.advanceTimersByTimeAsync(995);
    expect(loop).toMatchObject({ due: 100, sent: 100 });
    loop.stop();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(loop).toMatchObject({ due: 100, sent: 100 });
  });

  it('sends what could not be sent in time when a place is free, and says when it was due', async () => {
    const loop = started(100, 1, 2, 2);
    const begin = performance.now();
    await jest.advanceTimersByTimeAsync(95);
    expect(loop).toMatchObject({ due: 10, sent: 2 });
    await answer(2);
    await answer(2);
    expect(sent.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(sent.map(({ at }) => Math.round(at - begin))).toEqual([0, 10, 20, 30, 40, 50]);
    loop.stop();
    await answer(2);
    expect(loop).toMatchObject({ due: 10, sent: 6 });
  });

  it('lets no two of a lane be under way, and no lane wait for another', async () => {
    const loop = started(100, 3, 1, 10);
    await jest.advanceTimersByTimeAsync(75);
    expect(sent.map(({ index }) => index)).toEqual([0, 1, 2]);
    answers[1]!();
    await jest.advanceTimersByTimeAsync(0);
    expect(sent.map(({ index }) => index)).toEqual([0, 1, 2, 4]);
    loop.stop();
  });

  it('takes turns where all lanes have more to send than there are places', async () => {
    const loop = started(1_000, 4, 1, 2);
    await jest.advanceTimersByTimeAsync(40);
    await answer(2);
    await answer(2);
    expect(sent.map(({ index }) => index % 4)).toEqual([0, 1, 2, 3, 0, 1]);
    loop.stop();
  });

  it('catches up with a moment in which this process had no time', async () => {
    const loop = started(1_000, 1, 100, 100);
    jest.setSystemTime(Date.now() + 50);
    await jest.advanceTimersByTimeAsync(50);
    expect(loop.due).toBeGreaterThanOrEqual(50);
    expect(loop.sent).toBe(loop.due);
    loop.stop();
  });
});
