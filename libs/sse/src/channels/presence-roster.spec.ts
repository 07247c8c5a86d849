import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type PresenceEntry, type PresenceEvent } from '../backplane/presence-port.js';
import { TimerWheel } from '../connections/timer-wheel.js';
import { PresenceRoster, type RosterSource } from './presence-roster.js';

describe('PresenceRoster', () => {
  /** Whom the backplane names, and the reads that wait for it to answer. */
  let members: PresenceEntry[];
  let reads: (() => void)[];
  let isAway: boolean;
  let roster: PresenceRoster;
  let heard: string[];
  let becameKnown: number;
  let observed: number;
  beforeEach(() => {
    jest.useFakeTimers();
    [members, reads, heard, isAway, becameKnown, observed] = [[], [], [], false, 0, 0];
    const source: RosterSource = {
      observe: () => {
        observed++;
        return Promise.resolve(() => observed--);
      },
      members: () =>
        new Promise((resolve, reject) => {
          reads.push(() => (isAway ? reject(new Error('The engine is away')) : resolve(members)));
        }),
    };
    roster = new PresenceRoster('room', source, new TimerWheel());
    roster.followers.add({
      changed: ({ type, channel, userId }) => heard.push(`${userId} ${type} ${channel}`),
      known: () => becameKnown++,
    });
  });
  afterEach(() => {
    roster.close();
    jest.useRealTimers();
  });

  const are = (...names: string[]) => {
    members = names.map((userId, n) => ({ userId, connections: 1, since: n }));
  };
  const answer = async () => {
    await jest.advanceTimersByTimeAsync(1);
    for (const read of reads.splice(0)) read();
    await jest.advanceTimersByTimeAsync(1);
  };
  const told = (type: PresenceEvent['type'], userId: string) => roster.apply({ type, channel: 'room', userId });

  it('begins with those who are there, who have not come', async () => {
    are('ann', 'ben');
    expect(roster.isKnown).toBe(false);
    await answer();
    expect(roster.isKnown).toBe(true);
    expect([...roster.members]).toEqual(['ann', 'ben']);
    expect([heard, becameKnown]).toEqual([[], 1]);
  });

  it('lists those first who are there longest', async () => {
    are('ann', 'ben', 'cid');
    members.reverse();
    await answer();
    expect([...roster.members]).toEqual(['ann', 'ben', 'cid']);
  });

  it('tells of each coming and going once, in turns', async () => {
    are('ann');
    await answer();
    told('join', 'ann');
    told('join', 'ben');
    told('join', 'ben');
    told('leave', 'ben');
    told('leave', 'ben');
    told('leave', 'cid');
    expect(heard).toEqual(['ben join room', 'ben leave room']);
  });

  it('takes what it is told while the members are read for newer than what is read', async () => {
    are('ann', 'ben');
    await jest.advanceTimersByTimeAsync(1);
    told('leave', 'ben');
    told('leave', 'ben');
    told('join', 'cid');
    told('join', 'cid');
    await answer();
    expect(heard).toEqual(['ben leave room', 'cid join room']);
    expect([...roster.members].sort()).toEqual(['ann', 'cid']);
  });

  it('finds later what it was not told: who left, at the second look', async () => {
    are('ann', 'ben');
    await answer();
    are('ann', 'cid', 'dan');
    await jest.advanceTimersByTimeAsync(31_000);
    told('join', 'eve');
    told('leave', 'ann');
    await answer();
    expect(heard.splice(0)).toEqual(['eve join room', 'ann leave room', 'cid join room', 'dan join room']);
    are('cid', 'dan', 'eve');
    await jest.advanceTimersByTimeAsync(10_100);
    await answer();
    expect(heard).toEqual(['ben leave room']);
    expect([...roster.members].sort()).toEqual(['cid', 'dan', 'eve']);
    expect(becameKnown).toBe(1);
  });

  it('takes nobody for gone whom the engine has lost and is told of again', async () => {
    are('ann', 'ben');
    await answer();
    are();
    await jest.advanceTimersByTimeAsync(31_000);
    await answer();
    told('join', 'ann');
    are('ann');
    await jest.advanceTimersByTimeAsync(9_000);
    are('ann', 'ben');
    await jest.advanceTimersByTimeAsync(1_100);
    await answer();
    expect(heard).toEqual([]);
    are('ann');
    await jest.advanceTimersByTimeAsync(31_000);
    await answer();
    expect(heard).toEqual([]);
  });

  it('asks again until the engine answers', async () => {
    are('ann');
    isAway = true;
    await answer();
    told('join', 'ben');
    await jest.advanceTimersByTimeAsync(3_100);
    expect(roster.isKnown).toBe(false);
    isAway = false;
    await answer();
    expect(roster.isKnown).toBe(true);
    expect(heard).toEqual(['ben join room']);
  });

  it('is silent once it is closed, and needs no timer', async () => {
    roster.close();
    are('ann');
    await answer();
    expect([roster.isKnown, becameKnown, observed, jest.getTimerCount()]).toEqual([false, 0, 0, 0]);
  });

  it('is told by the backplane for as long as it is open', async () => {
    await answer();
    await jest.advanceTimersByTimeAsync(61_000);
    expect(observed).toBe(1);
    roster.close();
    expect(observed).toBe(0);
  });
});
