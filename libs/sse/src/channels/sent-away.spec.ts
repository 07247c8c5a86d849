import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type SseConnection } from '../connections/sse-connection.js';
import { SentAway } from './sent-away.js';

describe('SentAway', () => {
  let lines: string[];
  let sentAway: SentAway;
  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((text: unknown) => void lines.push(`warn ${String(text)}`));
    jest.spyOn(Logger.prototype, 'debug').mockImplementation((text: unknown) => void lines.push(String(text)));
    sentAway = new SentAway();
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const send = (count: number, reason: string) => {
    for (let n = 1; n <= count; n++)
      sentAway.add({ id: `node-${n}`, userId: 'ann smith' } as unknown as SseConnection, new Error(reason));
  };
  const warnings = () => lines.filter((line) => line.startsWith('warn'));

  it('tells of thousands in one line, with the last cause', () => {
    send(999, 'no answer');
    jest.advanceTimersByTime(4_999);
    send(1, 'no answer to PING');
    expect(warnings()).toEqual([]);

    jest.advanceTimersByTime(1);
    expect(warnings()).toEqual([
      'warn Sent away, since the engine does not answer connections=1000 error="no answer to PING"',
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('counts those anew who come after a line', () => {
    send(2, 'away');
    jest.advanceTimersByTime(5_000);
    send(1, 'away');
    jest.advanceTimersByTime(5_000);

    expect(warnings().map((line) => /connections=\d+/.exec(line)?.[0])).toEqual(['connections=2', 'connections=1']);
  });

  it('leaves out nobody when the application ends, and says nothing where there was nobody', () => {
    sentAway.onApplicationShutdown();
    expect(warnings()).toEqual([]);
    send(3, 'away');
    sentAway.onApplicationShutdown();
    jest.advanceTimersByTime(5_000);

    expect(warnings()).toEqual(['warn Sent away, since the engine does not answer connections=3 error=away']);
  });

  it('has a line for each at the level debug, which is written only where somebody asked for it', () => {
    const isAsked = jest.spyOn(Logger, 'isLevelEnabled').mockReturnValue(false);
    send(1, 'away');
    isAsked.mockReturnValue(true);
    send(2, 'away');

    expect(lines).toEqual([
      'Sent away connection=node-1 user="ann smith" error=away',
      'Sent away connection=node-2 user="ann smith" error=away',
    ]);
  });
});
