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
  ])('takes %j', (options) => {
    expect(() => checkPublishOptions(options)).not.toThrow();
  });

  it.each<[string, object]>([
    ['a Set of users', { except: { users: new Set(['anna']) } }],
    ['one user', { except: { users: 'anna' } }],
    ['users that are no names', { except: { users: [{ id: 'anna' }] } }],
    ['a list of connections that is an object', { except: { connections: { 0: 'id' } } }],
    ['somebody of another kind', { except: { roles: ['admin'] } }],
    ['an option that it can not keep', { ttl: 5 }],
  ])('refuses %s, before anything is published', (_what, options) => {
    expect(() => checkPublishOptions(options)).toThrow(SseEventError);
  });
});
