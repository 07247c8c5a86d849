import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { type SseConnectionOptions, SseStream } from 'nestjs-event-stream';
import { NEVER } from 'rxjs';
import { as, useApplications } from '../harness/application.js';

@Controller()
class LimitsController {
  @SseStream('more', { connections: { maxPerUser: 5 } })
  more() {
    return NEVER;
  }

  @SseStream('less', { connections: { maxPerUser: 1 } })
  less() {
    return NEVER;
  }

  @SseStream('rejecting', { connections: { onUserLimit: 'reject' } })
  rejecting() {
    return NEVER;
  }

  @SseStream('replacing', { connections: { onUserLimit: 'replace-oldest' } })
  replacing() {
    return NEVER;
  }
}

describe('the limits of a route and of the module', () => {
  const start = useApplications();

  /** The statuses of six streams of one user, and how many of them are still open. */
  async function openSix(path: string, connections: SseConnectionOptions): Promise<[number[], number]> {
    const app = await start({ controllers: [LimitsController], options: { connections } });
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) statuses.push((await app.open(path, as('anna'))).status);
    return [statuses, app.connections.countByUser('anna')];
  }

  it('both hold where the route has the higher one', async () => {
    const [statuses, open] = await openSix('/more', { maxPerUser: 2 });

    expect([statuses, open]).toEqual([Array(6).fill(200), 2]);
  });

  it('both hold where the route has the lower one', async () => {
    const [statuses, open] = await openSix('/less', { maxPerUser: 2 });

    expect([statuses, open]).toEqual([Array(6).fill(200), 1]);
  });

  it("let the route say that a user beyond the module's is refused", async () => {
    const [statuses, open] = await openSix('/rejecting', { maxPerUser: 2 });

    expect([statuses, open]).toEqual([[200, 200, 429, 429, 429, 429], 2]);
  });

  it("let the route say that a user beyond the module's has his oldest replaced", async () => {
    const [statuses, open] = await openSix('/replacing', { maxPerUser: 2, onUserLimit: 'reject' });

    expect([statuses, open]).toEqual([Array(6).fill(200), 2]);
  });
});

describe('a stream that two controllers inherit', () => {
  const start = useApplications();

  class BaseController {
    @SseStream('events', { connections: { max: 1 } })
    events() {
      return NEVER;
    }
  }
  @Controller('one')
  class OneController extends BaseController {}
  @Controller('other')
  class OtherController extends BaseController {}

  it('is a route of each, with places of its own', async () => {
    const app = await start({ controllers: [OneController, OtherController] });
    const paths = ['/one/events', '/other/events', '/one/events', '/other/events'];

    const statuses: number[] = [];
    for (const path of paths) statuses.push((await app.open(path)).status);

    expect(statuses).toEqual([200, 200, 503, 503]);
  });
});
