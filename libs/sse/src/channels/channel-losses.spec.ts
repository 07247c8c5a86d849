import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type ConnectionRegistry } from '../connections/connection-registry.js';
import { type ChannelCatchUp } from './channel-catch-up.js';
import { ChannelLosses } from './channel-losses.js';
import { type ChannelLogs } from './channel-logs.js';

describe('ChannelLosses', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('has one line of bounded length for the loss of any number of channels, and clears the logs of all', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const cleared: string[] = [];
    const registry = { byChannel: () => [] } as unknown as ConnectionRegistry;
    const logs = { clear: (channel: string) => void cleared.push(channel) } as unknown as ChannelLogs;
    const channels = Array.from({ length: 5_000 }, (_, n) => `room ${n}`);

    new ChannelLosses(registry, logs, {} as unknown as ChannelCatchUp).tell({
      channels,
      position: { epoch: 'e', sequence: 7 },
      reason: 'history',
    });

    expect(warn.mock.calls).toEqual([
      ['Events were lost: their listeners are told so by sse:reset reason=history channels=5000 first="room 0"'],
    ]);
    expect(cleared).toEqual(channels);
  });
});
