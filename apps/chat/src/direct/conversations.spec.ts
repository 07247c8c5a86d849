import { beforeEach, describe, expect, it } from '@jest/globals';
import { Conversations } from './conversations.js';

const person = (id: string | number) => ({ userId: String(id), name: `Person ${id}` });

describe('Conversations', () => {
  let conversations: Conversations;

  beforeEach(() => {
    conversations = new Conversations();
  });

  it('has one log for two people, whoever asks', () => {
    const log = conversations.open(person('a'), person('b'));
    expect(conversations.open(person('b'), person('a'))).toBe(log);
    expect(conversations.find('b', 'a')).toBe(log);
    expect(conversations.find('a', 'c')).toBeUndefined();
  });

  it('knows with whom somebody has talked, until that person is gone', () => {
    conversations.open(person('a'), person('b'));
    conversations.open(person('c'), person('a'));
    expect(conversations.partnersOf('a')).toEqual([person('b'), person('c')]);
    conversations.forget('b');
    expect(conversations.partnersOf('a')).toEqual([person('c')]);
    expect(conversations.partnersOf('b')).toEqual([]);
  });

  it('lets go of the conversation that was quiet for longest beyond its bound', () => {
    for (let i = 0; i < 500; i += 1) conversations.open(person('a'), person(i));
    conversations.open(person('a'), person(0));
    conversations.open(person('a'), person('newest'));
    expect(conversations.find('a', '0')).toBeDefined();
    expect(conversations.find('a', '1')).toBeUndefined();
    expect(conversations.partnersOf('a')).toHaveLength(500);
  });
});
