import { describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { type SseEvent } from '../protocol/sse-event.js';
import { type SseStreamOptions } from './sse-stream-options.js';
import { checkStreamOptions } from './stream-options-schema.js';

const check = (options: SseStreamOptions) => () => checkStreamOptions(options, 'Test.events');

describe('the rate limit of a stream', () => {
  it('may be one of its own, or none', () => {
    expect(check({ rateLimit: null })).not.toThrow();
    expect(check({ rateLimit: { messagesPerSecond: 5, onLimit: 'drop' } })).not.toThrow();
    expect(check({ rateLimit: { messagesPerSecond: -1 } })).toThrow('rateLimit.messagesPerSecond');
  });
});

describe('the last event of a stream', () => {
  it.each<[SseEvent, string]>([
    [{ type: 'sse:done' }, 'begins with "sse:"'],
    [{ type: 'a\nb' }, 'CR, LF or NUL'],
    [{ data: 1, id: 'a\rb' }, 'CR, LF or NUL'],
    [{ data: 1, retry: -1 }, 'retry is -1'],
  ])('is refused where its class is defined: %j', (event, problem) => {
    const key = '@SseStream() of Test.events: onComplete.event';
    expect(check({ onComplete: { event } })).toThrow(expect.objectContaining({ code: 'SSE_OPTIONS', key }));
    expect(check({ onComplete: { event } })).toThrow(problem);
  });

  it.each<SseEvent>([{ data: '[DONE]' }, { type: 'done', id: 'last', data: { n: 1 } }, { comment: 'bye', retry: 0 }])(
    'may be %j',
    (event) => {
      expect(check({ onComplete: { event } })).not.toThrow();
    },
  );
});

describe('the preset of a stream', () => {
  it('is one of those that there are', () => {
    expect(check({ preset: 'openai' })).not.toThrow();
    expect(check({ preset: 'anthropic' as 'openai' })).toThrow("use 'openai' or 'ai-sdk'");
  });

  it.each<SseStreamOptions>([
    { method: RequestMethod.GET },
    { format: 'raw', onComplete: 'close', heartbeat: false, compression: {} },
    { onComplete: { event: { data: 'done' } }, connections: { max: 5, refusal: 'status' } },
  ])('leaves the application what it does not decide: %j', (options) => {
    expect(check({ preset: 'ai-sdk', ...options })).not.toThrow();
  });

  it.each<[string, SseStreamOptions]>([
    ['format', { format: 'json' }],
    ['onComplete', { onComplete: 'end' }],
    ['onError', { onError: 'retry' }],
    ['connections.refusal', { connections: { refusal: 'retry' } }],
    ['queue.overflow', { queue: { overflow: 'drop-oldest' } }],
    ['rateLimit.onLimit', { rateLimit: { messagesPerSecond: 5, onLimit: 'drop' } }],
  ])('is not contradicted by %s', (key, options) => {
    expect(check({ preset: 'openai', ...options })).toThrow(
      expect.objectContaining({ code: 'SSE_OPTIONS', key: `@SseStream() of Test.events: ${key}` }),
    );
  });
});
