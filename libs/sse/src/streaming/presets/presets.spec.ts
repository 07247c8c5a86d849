import { describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { type SseModuleOptions } from '../../options/sse-module-options.js';
import { SseModule } from '../../sse.module.js';
import { type SseStreamOptions } from '../sse-stream-options.js';
import { StreamRoutes } from '../stream-route.js';
import { OPENAI } from './openai.js';
import { withPreset } from './presets.js';

/** A module that makes of its events what no client of a language model could read, and leaves some of them out. */
const MODULE: SseModuleOptions = {
  serializer: (data) => JSON.stringify({ json: data }, null, 2),
  queue: { overflow: 'drop-oldest' },
  rateLimit: { messagesPerSecond: 50, onLimit: 'drop' },
};

describe('a stream with a preset', () => {
  async function settingsOf(options: SseStreamOptions) {
    const module = await Test.createTestingModule({ imports: [SseModule.forRoot(MODULE)] }).compile();
    const route = { method: 'answer', options: withPreset(options) };
    return module.get(StreamRoutes).settingsOf(route, { name: 'TestController' });
  }

  it('loses no token, whatever the module leaves out of other streams', async () => {
    const { overflow, rateLimit } = await settingsOf({ preset: 'openai' });

    expect(overflow).toBe('disconnect');
    expect(rateLimit?.onLimit).toBe('delay');
    expect((await settingsOf({ format: 'raw' })).rateLimit?.onLimit).toBe('drop');
  });

  it('writes JSON on one line, whatever the module makes of events, unless it has a serializer of its own', async () => {
    const chunk = { data: { type: 'start' } };
    const own = await settingsOf({ preset: 'ai-sdk', serializer: () => 'own' });

    expect((await settingsOf({ preset: 'ai-sdk' })).encoder.serialise(chunk).data).toBe('{"type":"start"}');
    expect(own.encoder.serialise(chunk).data).toBe('own');
  });
});

describe('text of the preset openai', () => {
  const TEXT = { choices: [{ finish_reason: null }] };
  const STOP = { choices: [{ finish_reason: 'stop' }] };
  const USAGE = { choices: [], usage: { total_tokens: 3 } };

  it('ends for a reason before the chunk that says what was used', () => {
    const framing = OPENAI.framing();

    const events = [...framing.text('Hi'), ...framing.chunk(USAGE), ...framing.end()];

    expect(events.map(({ data }) => data)).toMatchObject([TEXT, STOP, USAGE]);
  });
});
