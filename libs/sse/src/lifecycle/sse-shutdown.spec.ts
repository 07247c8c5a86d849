import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { NEVER } from 'rxjs';
import { ConnectionRegistry, SseModule, SseStream } from '../index.js';
import { SseTestClient } from '../testing/index.js';
import { SseShutdown } from './sse-shutdown.js';

/** More microtasks than there are between the end of a handler and the opening of its stream. */
const HOPS = 25;

describe('SseShutdown', () => {
  let afterHandler: () => Promise<void>;

  @Controller()
  class StreamController {
    @SseStream('stream')
    stream() {
      void afterHandler();
      return NEVER;
    }
  }

  it('misses no stream that is opening, whichever moment it is', async () => {
    for (let hops = 0; hops < HOPS; hops++) {
      const parts = { imports: [SseModule.forRoot()], controllers: [StreamController] };
      const module = await Test.createTestingModule(parts).compile();
      module.useLogger(false);
      const app = module.createNestApplication();
      let ended: Promise<void> | undefined;
      afterHandler = async () => {
        for (let done = 0; done < hops; done++) await Promise.resolve();
        ended = app.get(SseShutdown, { strict: false }).beforeApplicationShutdown();
      };

      const client = await SseTestClient.open(app, '/stream');
      const events = await client.untilClosed();
      await ended;

      const how = client.status === 200 ? events.map(({ type }) => type) : client.status;
      expect([['sse:closing'], 503]).toContainEqual(how);
      expect([hops, app.get(ConnectionRegistry).count]).toEqual([hops, 0]);
      await app.close();
    }
  });
});
