import { describe, expect, it } from '@jest/globals';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { useServer } from './harness/use-server.js';

const MESSAGE = { $ref: '#/components/schemas/MessageDto' };

/** One event, by the schema of its data. */
function event(type: string, data: object): object {
  return expect.objectContaining({
    title: type,
    properties: expect.objectContaining({ event: { type: 'string', enum: [type] }, data }) as object,
  });
}

function json(schema: object): object {
  return { description: 'As JSON text.', allOf: [schema] };
}

describe.each(ONE_OF_EACH_NEST)('an OpenAPI document ($name)', (target) => {
  const server = useServer(target, { documented: true });

  it('has streams with their events, and the parameters that are their own', async () => {
    const { paths, components } = await server.call('openApi');
    const stream = (schema: object) => ({ content: { 'text/event-stream': { schema } } });

    expect(components).toMatchObject({ schemas: { MessageDto: { properties: { text: { type: 'string' } } } } });
    expect(paths).toMatchObject({
      '/documented/rooms/{room}': {
        get: {
          parameters: [{ name: 'room', in: 'path' }, { name: 'Last-Event-ID' }, { name: 'lastEventId' }],
          responses: {
            200: stream({
              oneOf: [
                event('message', json(MESSAGE)),
                event('cleared', { type: 'string', maxLength: 0, description: 'Empty.' }),
              ],
            }),
            503: { headers: { 'Retry-After': {} } },
          },
        },
      },
      '/documented/above': {
        get: {
          parameters: [{ name: 'text', in: 'query' }, { name: 'Last-Event-ID' }, { name: 'lastEventId' }],
          responses: { 200: stream(event('message', json({ type: 'array', items: MESSAGE }))) },
        },
      },
      '/documented/plain/{room}': {
        get: { parameters: [{ name: 'room', in: 'path' }], responses: { 200: { description: '' } } },
      },
    });
  });

  it.each([
    ['rooms/lobby', { text: 'lobby' }],
    ['above?text=hi', [{ text: 'hi', hasConnection: true }]],
    ['plain/lobby', { room: 'lobby', hasConnection: true }],
  ])('is of streams that stream: %s', async (path, data) => {
    const client = await server.open(`/documented/${path}`);

    expect((await client.next({ type: 'message' })).json()).toEqual(data);
  });
});
