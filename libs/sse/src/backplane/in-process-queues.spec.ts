import { describe, expect, it } from '@jest/globals';
import { type PassedMessage } from './channel-message.js';
import { InProcessQueues } from './in-process-queues.js';
import { messageBytes } from './message-bytes.js';
import { type DeadLetter } from './queue-port.js';

const BOUNDS = { maxPerUser: 100, ttl: 10_000, maxAttempts: 2, maxTotalBytes: 1_048_576 };

function message(sequence: number, more: Partial<PassedMessage> = {}): PassedMessage {
  return { channel: '$user', id: `e-${sequence}`, sequence, previous: 0, age: 0, data: 'x', ...more };
}

const short = (dead: readonly DeadLetter[]) =>
  dead.map(({ userId, reason, letter }) => `${userId} ${letter.sequence} ${reason}`);

/** Who hears of what expires while nobody calls. */
const noOne = () => {};

describe('InProcessQueues', () => {
  it('lets the oldest of all users go when the bytes are used up', () => {
    const maxTotalBytes = 3 * messageBytes(message(1));
    const queues = new InProcessQueues({ ...BOUNDS, maxTotalBytes }, noOne);
    const dead = [
      ...queues.add('ann', message(1), 0),
      ...queues.add('ben', message(2), 0),
      ...queues.add('ann', message(3), 0),
      ...queues.add('cid', message(4), 0),
      ...queues.add('cid', message(5), 0),
    ];
    expect(short(dead)).toEqual(['ann 1 overflow', 'ben 2 overflow']);
    expect(['ann', 'ben', 'cid'].map((user) => queues.size(user, 0))).toEqual([1, 0, 2]);
  });

  it('gives the bytes of what was taken back', () => {
    const queues = new InProcessQueues({ ...BOUNDS, maxTotalBytes: 2 * messageBytes(message(1)) }, noOne);
    for (let sequence = 1; sequence <= 20; sequence++) {
      expect(queues.add('ann', message(sequence), 0)).toEqual([]);
      queues.remove('ann', sequence);
    }
  });

  it('returns a message that is larger than all queues may be', () => {
    const queues = new InProcessQueues({ ...BOUNDS, maxTotalBytes: 100 }, noOne);
    expect(short(queues.add('ann', message(1), 0))).toEqual(['ann 1 overflow']);
    expect(queues.size('ann', 0)).toBe(0);
  });

  it('tells a later caller what has expired of users who do not come back', () => {
    const queues = new InProcessQueues(BOUNDS, noOne);
    queues.add('ann', message(1, { ttl: 5_000 }), 0);
    queues.add('ann', message(2), 0);
    expect(queues.size('ann', 6_000)).toBe(1);
    expect(short(queues.next('ben', 0, 10, 6_000).dead)).toEqual(['ann 1 expired']);
    expect(short(queues.add('ben', message(3), 12_000))).toEqual(['ann 2 expired']);
  });

  it('lets go of what has expired while nobody calls, and tells of it', () => {
    const told: string[] = [];
    const queues = new InProcessQueues(BOUNDS, (dead) => told.push(...short(dead)));
    queues.add('ann', message(1), 0);
    queues.add('ben', message(2), 4_000);

    expect(queues.expire(11_000)).toBe(true);
    expect(told).toEqual(['ann 1 expired']);
    expect(queues.expire(15_000)).toBe(false);
    expect(told).toEqual(['ann 1 expired', 'ben 2 expired']);
  });

  it('tells of each once', () => {
    const queues = new InProcessQueues(BOUNDS, noOne);
    queues.add('ann', message(1), 0);
    expect(short(queues.next('ann', 0, 10, 20_000).dead)).toEqual(['ann 1 expired']);
    expect(queues.next('ann', 0, 10, 40_000).dead).toEqual([]);
  });

  it('says expired of what gives way when its time was over anyway', () => {
    const queues = new InProcessQueues({ ...BOUNDS, maxPerUser: 1 }, noOne);
    queues.next('ben', 0, 1, 100); // all queues have just been searched
    queues.add('ann', message(1, { ttl: 10 }), 100);
    expect(short(queues.add('ann', message(2), 200))).toEqual(['ann 1 expired']);
  });

  it('hands out what it keeps without its own links', () => {
    const queues = new InProcessQueues(BOUNDS, noOne);
    queues.add('ann', message(1), 0);
    queues.add('ann', message(2), 0);
    const [first] = queues.next('ann', 0, 1, 0).messages;
    expect(Object.keys(first!).sort()).toEqual(['attempts', 'id', 'message', 'sequence']);
  });
});
