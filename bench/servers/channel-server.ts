import { Controller, Module } from '@nestjs/common';
import {
  channels,
  ConnectionRegistry,
  type Published,
  SseBroadcaster,
  SseModule,
  SseMetrics,
  type SseModuleOptions,
  SseStream,
} from 'nestjs-event-stream';
import { startNest } from './nest-server.js';
import { type RunningServer } from './serve.js';
import { unrestrained } from './unrestrained.js';
import { HEARTBEAT_INTERVAL, type StartOptions } from './server-commands.js';

const BALLAST_BYTES = 16_384;

/** Far more often than in use, so that many are seen in little time. */
const BEATING = { heartbeat: { interval: HEARTBEAT_INTERVAL } };

export interface ChannelServerOptions {
  module?: SseModuleOptions;
  /** What the clients listen to; events take turns in them. */
  channelNames?: readonly string[];
  engineReads?: () => number;
}

/** An application of ours whose clients listen to one channel, or to several. */
export async function startChannelServer(
  { socketPath }: StartOptions,
  { module = {}, channelNames = ['bench'], engineReads = () => 0 }: ChannelServerOptions = {},
): Promise<RunningServer> {
  @Controller()
  class EventsController {
    @SseStream('events')
    events() {
      return channels(...channelNames);
    }

    /** For those who are to stall: what fills their sockets goes to nobody else. */
    @SseStream('stalling')
    stalling() {
      return channels(...channelNames, 'ballast');
    }

    @SseStream('beating', BEATING)
    beating() {
      return channels(...channelNames);
    }

    @SseStream('quiet', { heartbeat: false })
    quiet() {
      return channels(...channelNames);
    }
  }

  @Module({
    imports: [SseModule.forRoot({ ...unrestrained, ...module })],
    controllers: [EventsController],
  })
  class EventsModule {}

  const { app, port } = await startNest(EventsModule, { socketPath });
  const broadcaster = app.get(SseBroadcaster);
  const registry = app.get(ConnectionRegistry);
  const metrics = app.get(SseMetrics);
  const ballast = { type: 'ballast', data: 'b'.repeat(BALLAST_BYTES) };
  let last: Promise<Published> | undefined;
  let turn = 0;
  return {
    port,
    // The id is the channel's own, so that clients can resume.
    publish: ({ type, data }) => {
      const name = channelNames[turn++ % channelNames.length] ?? '';
      last = broadcaster.toChannel(name, { type, data });
    },
    own: {
      accepted: async () => last,
      connections: () => registry.count,
      waiting: () => {
        const queued = registry.all().map(({ stats }) => stats.queued);
        return { connections: queued.filter((events) => events > 0).length, events: queued.reduce(sum, 0) };
      },
      engineReads,
      heartbeats: () => metrics.snapshot().heartbeats.sent,
      ballast: () => void broadcaster.toChannel('ballast', ballast, { ephemeral: true }),
    },
  };
}

function sum(total: number, value: number): number {
  return total + value;
}
