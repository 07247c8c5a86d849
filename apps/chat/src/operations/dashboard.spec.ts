import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatApplication, type Person } from '../testing/chat-application.js';

const PASSWORD = 'of the admins of this test';
const PATHS = ['', '/', '/parts/main.js', '/parts/uplot.js', '/live', '/look', '/connections', '/channels'];

describe('the dashboard of the chat', () => {
  let chat: ChatApplication;
  let admin: Person;

  beforeAll(async () => {
    chat = await ChatApplication.start({ ADMIN_PASSWORD: PASSWORD });
    admin = await chat.person('Chief', '', PASSWORD);
  });

  afterAll(async () => {
    await chat.close();
    delete process.env.ADMIN_PASSWORD;
  });

  it('shows the connections of all people to an admin, who ends one of them: it is told for good', async () => {
    const grace = await chat.person('Grace');
    const streams = [await grace.stream('lobby'), await grace.stream('compilers')];
    expect(await (await admin.get('/dashboard')).text()).toContain('<title>Event streams</title>');
    expect((await admin.get('/dashboard/parts/main.js')).status).toBe(200);

    const [first, second] = await connectionsOf(grace);
    expect(await (await end(admin, second!)).json()).toEqual({ closed: true });
    expect(await connectionsOf(grace)).toEqual([first]);
    const ended = await Promise.race(streams.map((stream) => stream.untilEnd()));
    expect(ended).toContain('"reason":"kicked"');
    // She is still signed in: it is a connection that was ended, and nobody removed.
    expect((await grace.get('/session')).status).toBe(200);
    for (const stream of streams) stream.close();
  });

  it('is nothing of anybody else: 401 and 403 to page, parts, streams, tables and what it does', async () => {
    const grace = await chat.person('Nosy');
    const stream = await admin.stream('lobby');
    const [connection] = await connectionsOf(admin);
    for (const path of [...PATHS, `/connections/${connection}`]) {
      expect([path, (await fetch(`${chat.url}/dashboard${path}`)).status]).toEqual([path, 401]);
      expect([path, (await grace.get(`/dashboard${path}`)).status]).toEqual([path, 403]);
    }
    expect((await end(undefined, connection!)).status).toBe(401);
    expect((await end(grace, connection!)).status).toBe(403);
    expect(await connectionsOf(admin)).toEqual([connection]);
    stream.close();
  });

  async function connectionsOf({ userId }: Person): Promise<string[]> {
    const answer = await admin.get(`/dashboard/connections?filter=${encodeURIComponent(userId)}`);
    const { rows } = (await answer.json()) as { rows: { id: string }[] };
    return rows.map(({ id }) => id).sort();
  }

  function end(by: Person | undefined, id: string): Promise<Response> {
    const headers = { 'content-type': 'application/json', 'x-sse-dashboard': '1', cookie: by?.cookie ?? '' };
    return fetch(`${chat.url}/dashboard/close`, { method: 'POST', headers, body: JSON.stringify({ id }) });
  }
});
