import { type PresenceEntry, type PresenceEvent, type PresenceUpdate } from './presence-port.js';

/** Who is in which channel, where there is but one node: what it says is so. */
export class InProcessPresence {
  private readonly channels = new Map<string, Map<string, PresenceEntry>>();

  /** Returns whether somebody came or left by it. */
  update({ channel, userId, connections, since }: PresenceUpdate): PresenceEvent | undefined {
    const members = this.channels.get(channel);
    const wasThere = members?.has(userId) ?? false;
    if (connections > 0) {
      const entry = { userId, connections, since };
      if (members) members.set(userId, entry);
      else this.channels.set(channel, new Map([[userId, entry]]));
      return wasThere ? undefined : { type: 'join', channel, userId };
    }
    members?.delete(userId);
    if (members?.size === 0) this.channels.delete(channel);
    return wasThere ? { type: 'leave', channel, userId } : undefined;
  }

  members(channel: string): PresenceEntry[] {
    return [...(this.channels.get(channel)?.values() ?? [])];
  }
}
