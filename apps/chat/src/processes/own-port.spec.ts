import { describe, expect, it } from '@jest/globals';
import { ownPort } from './own-port.js';

describe('the port of one process alone', () => {
  it('is none, or counted from the one that is set', () => {
    expect([ownPort({}, 0, 2), ownPort({ PROCESS_PORT: '' }, 1, 2)]).toEqual([undefined, undefined]);
    expect([0, 1, 2].map((place) => ownPort({ PROCESS_PORT: '9100' }, place, 3))).toEqual([9100, 9101, 9102]);
  });

  it('stops the start when there are not as many from there on', () => {
    expect(ownPort({ PROCESS_PORT: '65534' }, 1, 2)).toBe(65_535);
    expect(() => ownPort({ PROCESS_PORT: '65535' }, 0, 2)).toThrow('use a whole number from 1 to 65534');
    expect(() => ownPort({ PROCESS_PORT: '0' }, 0, 1)).toThrow('PROCESS_PORT is "0"');
  });
});
