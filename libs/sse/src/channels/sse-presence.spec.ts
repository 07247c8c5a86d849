import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Backplane } from '../backplane/backplane.js';
import { type PresenceEntry } from '../backplane/presence-port.js';
import { SseError } from '../protocol/sse-error.js';
import { type PresenceFeed } from './presence-feed.js';
import { type PresenceFollower } from './presence-roster.js';
import { type PresenceTracker } from './presence-tracker.js';
import { SsePresence } from './sse-presence.js';

describe('SsePresence', () => {
  let presence: SsePresence;
  let log: string[];
  let followers: Map<string, PresenceFollower>;
  beforeEach(() => {
    log = [];
    followers = new Map<string, PresenceFollower>();
    const tracker = { settled: () => Promise.resolve(void log.push('told')) } as unknown as PresenceTracker;
    const members = (channel: string): Promise<PresenceEntry[]> => {
      log.push(`asked for ${channel}`);
      return Promise.resolve([
        { userId: 'ben', connections: 2, since: 2_000 },
        { userId: 'ann', connections: 1, since: 1_000 },
      ]);
    };
    const feed = {
      follow: (channel: string, follower: PresenceFollower) => void followers.set(channel, follower),
      unfollow: (channel: string) => void followers.delete(channel),
    } as unknown as PresenceFeed;
    presence = new SsePresence({ members } as unknown as Backplane, tracker, feed);
  });

  it('asks for the members when those of this node have been told of, and puts the oldest first', async () => {
    expect(await presence.members({ name: 'room' })).toEqual([
      { userId: 'ann', connections: 1, since: new Date(1_000) },
      { userId: 'ben', connections: 2, since: new Date(2_000) },
    ]);
    expect(log).toEqual(['told', 'asked for room']);
  });

  it('follows a channel while somebody is subscribed', () => {
    const changes: unknown[] = [];
    const changes$ = presence.changes$('room');
    expect([...followers.keys()]).toEqual([]);
    const subscription = changes$.subscribe((change) => changes.push(change));
    followers.get('room')!.changed({ type: 'join', channel: 'room', userId: 'ann' });
    subscription.unsubscribe();
    expect(changes).toEqual([{ type: 'join', channel: 'room', userId: 'ann' }]);
    expect([...followers.keys()]).toEqual([]);
  });

  it('refuses names that are no channel’s', async () => {
    await expect(presence.members('$all')).rejects.toThrow(SseError);
    expect(() => presence.changes$('')).toThrow(SseError);
  });
});
