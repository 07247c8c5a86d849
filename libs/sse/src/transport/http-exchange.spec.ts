import { describe, expect, it } from '@jest/globals';
import { HttpExchange } from './http-exchange.js';

interface ExpressRequest {
  params: Record<PropertyKey, unknown>;
  next?: () => void;
}

describe('HttpExchange.dropRouting()', () => {
  function drop({ params = {}, locals = {} }: { params?: ExpressRequest['params']; locals?: object } = {}) {
    const request: ExpressRequest & { ip: string } = { ip: '127.0.0.1', params, next: () => undefined };
    const response = { locals: locals as Record<PropertyKey, unknown> };
    new HttpExchange(request, response).dropRouting();
    return { request, response };
  }

  it('leaves what others go on using writable, and to each response its own', () => {
    const [one, other] = [drop(), drop()];
    one.response.locals.endedAt = 1;
    one.request.params.seen = 'yes';
    expect(one.response.locals).toEqual({ endedAt: 1 });
    expect(Object.keys(other.response.locals)).toEqual([]);
    expect(Object.keys(other.request.params)).toEqual([]);
    expect(one.request.next).toBeUndefined();
  });

  it('keeps what stands there already, also under symbols', () => {
    const mark = Symbol('mark');
    const { request, response } = drop({ params: { id: '7' }, locals: { [mark]: 'kept' } });
    expect(request.params.id).toBe('7');
    expect(response.locals[mark]).toBe('kept');
  });
});

describe('HttpExchange.query()', () => {
  const valueIn = (url: string) => new HttpExchange({ ip: '127.0.0.1', url }, {}).query('lastEventId');

  it.each([
    ['/events?lastEventId=e-7', 'e-7'],
    ['/events?room=1&lastEventId=e-7&x', 'e-7'],
    ['/events?lastEventId=%E2%82%AC%0A', '€\n'],
    ['/events?lastEventId=%', '%'],
    ['/events?lastEventId=e-7?lastEventId=e-8', 'e-7?lastEventId=e-8'],
  ])('finds it: %s', (url, value) => {
    expect(valueIn(url)).toBe(value);
  });

  it.each([
    '/events',
    '/events?',
    '/lastEventId=e-7',
    '/events?lastEventId',
    '/events?lastEventId=',
    '/events?mylastEventId=e-7',
    '/events?lasteventid=e-7',
    '/events?lastEventId=e-7&lastEventId=e-8',
    '/events?lastEventId[]=e-7',
  ])('finds none: %s', (url) => {
    expect(valueIn(url)).toBeUndefined();
  });
});
