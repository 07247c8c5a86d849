import { expect, it } from '@jest/globals';
import { DeadLetters, type SseDeadLetter } from './dead-letters.js';

it('DeadLetters: counts by the reason, and tells of the event as it was published', () => {
  const deadLetters = new DeadLetters();
  const told: SseDeadLetter[] = [];
  deadLetters.letters$.subscribe((letter) => told.push(letter));
  const message = { channel: '$user.ann', type: 'invoice', data: '{"no":7}', queued: true, ttl: 5 };
  const letter = { id: 'a-7', sequence: 7, message, attempts: 3 };

  deadLetters.tell([]);
  deadLetters.tell([
    { userId: 'ann', letter, reason: 'attempts' },
    { userId: 'ben', letter, reason: 'overflow' },
  ]);

  expect(deadLetters.counts).toEqual({ attempts: 1, expired: 0, overflow: 1 });
  expect(told.map(({ userId }) => userId)).toEqual(['ann', 'ben']);
  expect(told[0]?.event).toEqual({ type: 'invoice', data: '{"no":7}' });
  expect(told[0]?.info).toEqual({ id: 'a-7', reason: 'attempts', attempts: 3 });
});
