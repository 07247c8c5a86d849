import { describe, expect, it } from '@jest/globals';
import { SseEventError } from '../protocol/sse-event-error.js';
import { checkPublishOptions, type PublishOptions } from './publish-options.js';

describe('checkPublishOptions', () => {
  it.each<PublishOptions>([
    {},
    { except: undefined, key: 'k', ephemeral: true },
    { except: {} },
    { except: { users: ['anna'], connections: undefined } },
    { except: { users: [], connections: ['1', '2'] } },
    { priority: 'low', ttl: 0.5, key: 'k'.repeat(1_024), idempotencyKey: 'once' },
    { priority: 'critical', ephemeral: true, ttl: 5 },
  ])('takes %j', (options) => {
    expect(() => checkPublishOptions(options)).not.toThrow();
  });

  it.each<[string, object]>([
    ['a Set of users', { except: { users: new Set(['anna']) } }],
    ['one user', { except: { users: 'anna' } }],
    ['users that are no names', { except: { users: [{ id: 'anna' }] } }],
    ['a list of connections that is an object', { except: { connections: { 0: 'id' } } }],
    ['somebody of another kind', { except: { roles: ['admin'] } }],
    ['an option that is unknown', { persist: true }],
    ['to keep it for somebody who is nobody in particular', { queue: true }],
    ['a priority that there is not', { priority: 'high' }],
    ['a time to live that is none', { ttl: 0 }],
    ['a time to live that never ends', { ttl: Infinity }],
    ['a time to live in words', { ttl: '5 s' }],
    ['an empty key', { key: '' }],
    ['a key that is no text', { key: 7 }],
    ['a key that is too long', { idempotencyKey: 'k'.repeat(1_025) }],
    ['an ephemeral event that is to be known again', { ephemeral: true, idempotencyKey: 'once' }],
  ])('refuses %s, before anything is published', (_what, options) => {
    expect(() => checkPublishOptions(options)).toThrow(SseEventError);
  });
});
