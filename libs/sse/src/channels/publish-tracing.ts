import { Inject, Injectable } from '@nestjs/common';
import { type ChannelMessage, type Published } from '../backplane/channel-message.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';

/** Tells the tracer, if there is one, of events that are published. */
@Injectable()
export class PublishTracing {
  constructor(@Inject(SSE_OPTIONS) private readonly options: ResolvedOptions) {}

  publish<T extends Published>({ channel }: ChannelMessage, run: () => Promise<T>): Promise<T> {
    const { tracer } = this.options;
    if (!tracer) return run();
    const attributes = { 'messaging.destination.name': channel };
    return tracer.trace({ name: 'sse.publish', attributes }, async (note) => {
      const published = await run();
      if (published.id !== undefined) note('messaging.message.id', published.id);
      return published;
    });
  }
}
