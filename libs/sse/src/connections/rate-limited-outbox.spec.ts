import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { rateLimitWithDefaults, type SseRateLimit } from '../options/rate-limit-options.js';
import { Frame, type FrameTraits } from '../protocol/frame.js';
import { LimitedClient } from '../../../../test/harness/limited-client.js';
import { StreamLimit } from './stream-limit.js';
import { TimerWheel } from './timer-wheel.js';

const SECOND = 1_000;
const letters = (text: string) => text.split('');

describe('RateLimitedOutbox', () => {
  let wheel: TimerWheel;
  beforeEach(() => {
    jest.useFakeTimers();
    wheel = new TimerWheel();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Two at once, and ten a second. */
  function limit(options: Partial<SseRateLimit> = {}): StreamLimit {
    return new StreamLimit(rateLimitWithDefaults({ messagesPerSecond: 10, burst: 2, ...options })!, wheel);
  }
  const client = (options?: Partial<SseRateLimit>, settings = {}) => new LimitedClient(limit(options), settings);
  const push = ({ box }: LimitedClient, ...texts: string[]) => texts.forEach((text) => box.push(new Frame(text)));
  const endTick = () => jest.advanceTimersByTime(0);

  describe('that delays', () => {
    it('writes its burst at once, and the rest as tokens come, in order', () => {
      const limited = client();
      push(limited, 'a', 'b', 'c', 'd');
      endTick();
      expect(limited.texts).toEqual(['a', 'b']);

      jest.advanceTimersByTime(140);
      expect(limited.texts).toEqual(['a', 'b', 'c']);
      jest.advanceTimersByTime(100);
      expect(limited.texts).toEqual(['a', 'b', 'c', 'd']);
    });

    it('writes those at once for which tokens have come together', () => {
      const limited = client({ messagesPerSecond: 100, burst: 100 });
      push(limited, ...Array.from({ length: 120 }, (_, n) => String(n)));
      jest.advanceTimersByTime(SECOND);

      expect(limited.texts).toHaveLength(120);
      expect(limited.writes).toBeLessThanOrEqual(12);
    });

    it('counts each event that had to wait, once', () => {
      const limited = client();
      push(limited, 'a', 'b', 'c', 'd');
      jest.advanceTimersByTime(60);
      push(limited, 'e');
      jest.advanceTimersByTime(SECOND);
      push(limited, 'in time');
      endTick();

      expect(limited.texts).toHaveLength(6);
      expect(limited.traffic.delayed).toBe(3);
    });

    it('holds back frames of this library behind what waits, for no token', () => {
      const limited = client({ burst: 1 });
      push(limited, 'a', 'b');
      limited.box.pushControl(new Frame(':', { isControl: true }));
      endTick();
      expect(limited.texts).toEqual(['a']);

      jest.advanceTimersByTime(140);
      expect(limited.texts).toEqual(['a', 'b', ':']);
      limited.box.pushControl(new Frame(':', { isControl: true }));
      endTick();
      expect(limited.texts).toHaveLength(4);
    });

    it('writes a critical event and all before it at once, and pays for that later', () => {
      const limited = client();
      push(limited, 'a', 'b', 'c', 'd');
      limited.box.push(new Frame('alarm', { priority: 'critical' }));
      expect(limited.texts).toEqual(['a', 'b', 'c', 'd', 'alarm']);
      push(limited, 'e');

      jest.advanceTimersByTime(390);
      expect(limited.texts).not.toContain('e');
      jest.advanceTimersByTime(50);
      expect(limited.texts).toContain('e');
    });

    it('is bounded by the policy of its queue', () => {
      const limited = client({}, { queue: { maxEvents: 3 } });
      push(limited, ...letters('abcdefgh'));
      endTick();
      expect(limited.box.size).toBe(3);

      jest.advanceTimersByTime(SECOND);

      expect(limited.texts).toEqual([...letters('abfgh'), 'dropped 3 overflow']);
      expect(limited.traffic.droppedBy).toMatchObject({ overflow: 3, rate: 0 });
      expect([...limited.told]).toEqual([['overflow', 3]]);
    });

    it('spends nothing on what has expired while it waited', () => {
      const limited = client({ burst: 1 });
      const expires = performance.now() + 50;
      push(limited, 'a');
      for (const text of 'bcd') limited.box.push(new Frame(text, { expires }));
      push(limited, 'e');

      jest.advanceTimersByTime(140);

      expect(limited.texts).toEqual(['a', 'e']);
    });

    it('waits for a client that does not read, and takes no more for that than its burst', () => {
      const limited = client();
      limited.block();
      push(limited, ...letters('abcdefgh'));
      jest.advanceTimersByTime(5 * SECOND);
      expect(limited.texts).toEqual(['a', 'b']);

      limited.read();
      expect(limited.texts).toEqual(letters('abcd'));
    });

    it('hands everything over when it is closed', () => {
      const limited = client();
      push(limited, ...letters('abcdef'));
      endTick();

      limited.box.close(performance.now());

      expect(limited.texts).toEqual(letters('abcdef'));
      expect([limited.budget.bytes, jest.getTimerCount()]).toEqual([0, 0]);
    });

    it('has room for a source that can be paused as long as there are tokens, and tells when there is one again', () => {
      const limited = client();
      expect(limited.box.hasRoom).toBe(true);
      push(limited, 'a');
      expect(limited.box.hasRoom).toBe(true);
      push(limited, 'b');
      expect(limited.box.hasRoom).toBe(false);

      endTick();
      limited.box.awaitDrain();
      endTick();
      expect(limited.drained).not.toHaveBeenCalled();
      jest.advanceTimersByTime(140);
      expect(limited.drained).toHaveBeenCalledTimes(1);
      expect(limited.box.hasRoom).toBe(true);
    });

    it('is not told to be drained before what waits for tokens is written', () => {
      const limited = client();
      push(limited, 'a', 'b', 'c');
      limited.box.awaitDrain();
      endTick();
      expect([limited.drained.mock.calls.length, limited.box.isDrained]).toEqual([0, false]);

      jest.advanceTimersByTime(SECOND);

      expect([limited.drained.mock.calls.length, limited.box.isDrained]).toEqual([1, true]);
    });
  });

  describe('that drops', () => {
    const recorded = (sequence: number, traits?: FrameTraits) =>
      new Frame(`event ${sequence}`, { sequence, id: String(sequence), ...traits });

    it('leaves out what has no token, and tells of what is recorded before the next id', () => {
      const limited = client({ onLimit: 'drop' });
      limited.box.isNumbered = true;
      for (let n = 1; n <= 6; n++) limited.box.push(recorded(n));
      endTick();
      expect(limited.texts).toEqual(['event 1', 'event 2']);

      jest.advanceTimersByTime(95);
      limited.box.push(recorded(7));
      jest.advanceTimersByTime(5);
      limited.box.push(recorded(8));
      endTick();

      expect(limited.texts).toEqual(['event 1', 'event 2', 'dropped 5 rate', 'event 8']);
      expect(limited.traffic.droppedBy.rate).toBe(5);
      expect(limited.box.written).toBe(8);
      expect(limited.traffic.delayed).toBe(0);
    });

    it('tells it when there is a token again, where nothing else comes', () => {
      const limited = client({ onLimit: 'drop' });
      limited.box.isNumbered = true;
      for (let n = 1; n <= 6; n++) {
        limited.box.push(recorded(n));
        endTick();
      }
      expect(limited.texts).toEqual(['event 1', 'event 2']);

      jest.advanceTimersByTime(140);

      expect(limited.texts).toEqual(['event 1', 'event 2', 'dropped 4 rate']);
      // What is asked of the history is not what was left out.
      expect(limited.box.written).toBe(6);
    });

    it('tells of it before a cursor of this library moves past it', () => {
      const limited = client({ onLimit: 'drop' });
      limited.box.isNumbered = true;
      for (let n = 1; n <= 3; n++) limited.box.push(recorded(n));
      limited.box.pushControl(recorded(4, { isControl: true }));
      endTick();

      expect(limited.texts).toEqual(['event 1', 'event 2', 'dropped 1 rate', 'event 4']);
    });

    it('only counts what is not recorded', () => {
      const limited = client({ onLimit: 'drop' });
      push(limited, ...letters('abcdef'));
      jest.advanceTimersByTime(SECOND);

      expect(limited.texts).toEqual(['a', 'b']);
      expect([limited.box.dropped, limited.traffic.droppedBy.rate, limited.told.size]).toEqual([4, 4, 0]);
    });

    it('never leaves out what is critical, nor what this library has to say', () => {
      const limited = client({ onLimit: 'drop' });
      push(limited, 'a', 'b', 'c');
      limited.box.pushControl(new Frame('reset', { isControl: true }));
      limited.box.push(new Frame('alarm', { priority: 'critical' }));
      endTick();

      expect(limited.texts).toEqual(['a', 'b', 'reset', 'alarm']);
    });

    it('has a source that can be paused wait, rather than leave out what it gives', () => {
      const limited = client({ onLimit: 'drop' });
      for (let given = 0; given < 5;) {
        for (; given < 5 && limited.box.hasRoom; given++) push(limited, String(given));
        limited.box.awaitDrain();
        jest.advanceTimersByTime(140);
      }
      endTick();

      expect(limited.texts).toEqual(letters('01234'));
    });
  });

  describe('that conflates', () => {
    it('keeps of what waits the newest of each key, and of each type without one', () => {
      const limited = client({ onLimit: 'conflate' });
      const send = (text: string, traits: FrameTraits = {}) => limited.box.push(new Frame(text, traits));
      push(limited, 'x', 'y');
      send('price 1', { type: 'price' });
      send('ann 1', { type: 'cursor', key: 'ann' });
      send('ben 1', { type: 'cursor', key: 'ben' });
      limited.box.pushControl(new Frame(':', { isControl: true }));
      send('price 2', { type: 'price' });
      endTick();
      send('ben 2', { type: 'cursor', key: 'ben' });
      send('price 3', { type: 'price' });

      jest.advanceTimersByTime(SECOND);

      expect(limited.texts).toEqual(['x', 'y', 'ann 1', ':', 'ben 2', 'price 3']);
      // A newer one of a key replaces the waiting one wherever events wait, which is not told.
      expect(limited.traffic.droppedBy.replaced).toBe(2);
      expect(limited.told.size).toBe(0);
    });

    it('tells of what is recorded as replaced', () => {
      const limited = client({ onLimit: 'conflate' });
      limited.box.isNumbered = true;
      for (let n = 1; n <= 9; n++) {
        limited.box.push(new Frame(String(n), { sequence: n, id: `e-${n}`, type: 'price' }));
        endTick();
      }
      jest.advanceTimersByTime(SECOND);

      expect(limited.texts).toEqual(['1', '2', 'dropped 6 replaced', '9']);
    });
  });

  describe('of a user', () => {
    it('shares its tokens fairly with the others of the user, and with nobody else', () => {
      const shared = limit({ per: 'user' });
      const [one, other, stranger, nobody] = ['ann', 'ann', 'ben', undefined].map(
        (userId) => new LimitedClient(shared, { userId }),
      ) as [LimitedClient, LimitedClient, LimitedClient, LimitedClient];
      for (let n = 0; n < 40; n++) for (const each of [one, other, stranger, nobody]) push(each, String(n));

      jest.advanceTimersByTime(2 * SECOND);

      const had = [one, other, stranger, nobody].map(({ texts }) => texts.length);
      const [hers = 0, hersToo = 0, his = 0, theirs = 0] = had;
      expect(hers + hersToo).toBeLessThanOrEqual(22);
      expect(hers + hersToo).toBeGreaterThanOrEqual(19);
      expect(Math.abs(hers - hersToo)).toBeLessThanOrEqual(2);
      expect(Math.min(his, theirs)).toBeGreaterThanOrEqual(19);
    });

    it('lets go of its bucket with the last of them', () => {
      const shared = limit({ per: 'user' });
      const clients = [1, 2].map(() => new LimitedClient(shared, { userId: 'ann' }));
      clients.forEach((each) => push(each, ...letters('abcdef')));
      endTick();

      for (const { box } of clients) box.discard();
      jest.advanceTimersByTime(20 * SECOND);

      expect(jest.getTimerCount()).toBe(0);
    });
  });
});
