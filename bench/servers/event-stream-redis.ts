import { type Backplane } from 'nestjs-event-stream';
import { redisBackplane } from 'nestjs-event-stream/redis';
import { startChannelServer } from './channel-server.js';
import { serve } from './serve.js';

serve((options) => {
  const backplane = redisBackplane({ url: options.redisUrl });
  return startChannelServer(options, { module: { backplane }, engineReads: countReads(backplane) });
});

/** Reads of the history, the most of any channel. */
function countReads(backplane: Backplane): () => number {
  const reads = new Map<string, number>();
  const { history } = backplane;
  backplane.history = (channel) => {
    reads.set(channel, (reads.get(channel) ?? 0) + 1);
    return history.call(backplane, channel);
  };
  return () => Math.max(0, ...reads.values());
}
