import { describe, expect, it } from '@jest/globals';
import { type ChannelMessage } from '../backplane/channel-message.js';
import { monotonicNow } from '../connections/monotonic.js';
import { queueFrame } from './queue-frame.js';

const waiting = (more: Partial<ChannelMessage>) => ({
  id: 'a-7',
  sequence: 7,
  message: { channel: '$user.ann', type: 'note', data: 'x', ...more },
  attempts: 0,
});

describe('queueFrame', () => {
  it('has an id only where it moves the cursor, and never a number', () => {
    const [moving, other] = [queueFrame(waiting({}), true), queueFrame(waiting({}), false)];
    expect([moving.id, moving.sequence, moving.payload.toString()]).toEqual([
      'a-7',
      0,
      'id: a-7\nevent: note\ndata: x\n\n',
    ]);
    expect([other.id, other.sequence, other.payload.toString()]).toEqual([undefined, 0, 'event: note\ndata: x\n\n']);
  });

  it('keeps to what the message was published with', () => {
    const now = monotonicNow();
    const frame = queueFrame(waiting({ ttl: 500, key: 'k', priority: 'critical' }), true);
    expect([frame.key, frame.priority]).toEqual(['$user.ann\nk', 'critical']);
    expect(frame.expires).toBeGreaterThanOrEqual(now + 500);
    expect(frame.expires).toBeLessThan(Infinity);
    expect(queueFrame(waiting({}), true)).toMatchObject({ key: undefined, priority: 'normal', expires: Infinity });
  });
});
