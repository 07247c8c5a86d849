import { Controller, Module } from '@nestjs/common';
import {
  channels,
  ConnectionRegistry,
  type Published,
  SseBroadcaster,
  SseModule,
  type SseModuleOptions,
  SseStream,
} from 'nestjs-event-stream';
import { startNest } from './nest-server.js';
import { type RunningServer } from './serve.js';
import { type StartOptions } from './server-commands.js';

const BALLAST_BYTES = 16_384;

@Controller()
class EventsController {
  @SseStream('events')
  events() {
    return channels('bench');
  }

  /** For those who are to stall: what fills their sockets goes to nobody else. */
  @SseStream('stalling')
  stalling() {
    return channels('bench', 'ballast');
  }
}

/** An application of ours whose clients listen to one channel. */
export async function startChannelServer(
  { socketPath }: StartOptions,
  options: SseModuleOptions = {},
  engineReads = () => 0,
): Promise<RunningServer> {
  @Module({
    imports: [SseModule.forRoot({ connections: { max: null }, ...options })],
    controllers: [EventsController],
  })
  class EventsModule {}

  const { app, port } = await startNest(EventsModule, socketPath);
  const broadcaster = app.get(SseBroadcaster);
  const registry = app.get(ConnectionRegistry);
  const ballast = { type: 'ballast', data: 'b'.repeat(BALLAST_BYTES) };
  let last: Promise<Published> | undefined;
  return {
    port,
    // The id is the channel's own, so that clients can resume.
    publish: ({ type, data }) => void (last = broadcaster.toChannel('bench', { type, data })),
    own: {
      accepted: async () => last,
      connections: () => registry.count,
      waiting: () => {
        const queued = registry.all().map(({ stats }) => stats.queued);
        return { connections: queued.filter((events) => events > 0).length, events: queued.reduce(sum, 0) };
      },
      engineReads,
      ballast: () => void broadcaster.toChannel('ballast', ballast, { ephemeral: true }),
    },
  };
}

function sum(total: number, value: number): number {
  return total + value;
}
