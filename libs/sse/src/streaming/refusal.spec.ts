import { describe, expect, it } from '@jest/globals';
import { acceptsEventStream } from './refusal.js';

describe('acceptsEventStream', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'text/event-stream',
    'text/*',
    'text/html, TEXT/Event-Stream;q=0.1',
    'a/b;q=1,*/*;q=0.8',
  ])('is satisfied by %j', (accept) => {
    expect(acceptsEventStream(accept)).toBe(true);
  });

  it.each([
    'text/html',
    'application/json, text/plain',
    'text/event-stream;q=0',
    'text/event-stream;q=0, */*',
    'text/event-stream; q=0.000',
    ';;,,',
  ])('is not by %j', (accept) => {
    expect(acceptsEventStream(accept)).toBe(false);
  });
});
