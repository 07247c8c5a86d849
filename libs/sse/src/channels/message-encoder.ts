import { Inject, Injectable } from '@nestjs/common';
import { type ChannelMessage } from '../backplane/channel-message.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { type EventFields } from '../protocol/event-block.js';
import { EventEncoder } from '../protocol/event-encoder.js';
import { SseEventError } from '../protocol/sse-event-error.js';
import { type SseEvent } from '../protocol/sse-event.js';
import { checkPublishOptions, type PublishOptions } from './publish-options.js';

/** Makes of an application's event what travels between nodes, or says why it can't. */
@Injectable()
export class MessageEncoder {
  private readonly encoder: EventEncoder;

  constructor(@Inject(SSE_OPTIONS) { serializer, maxEventBytes }: ResolvedOptions) {
    this.encoder = new EventEncoder(serializer, maxEventBytes);
  }

  /** @throws SseEventError if the event or one of the options is invalid */
  message(channel: string, event: SseEvent, options: PublishOptions): ChannelMessage {
    checkPublishOptions(options);
    const { ephemeral, key, except, priority, ttl } = options;
    return { ...this.fields(event), channel, ephemeral, key, except, priority, ttl };
  }

  /** @throws SseEventError if the event is invalid, or has an id */
  fields(event: SseEvent): EventFields {
    const fields = this.encoder.serialise(event);
    if (fields.id === undefined) return fields;
    throw new SseEventError(
      'SSE_EVENT_ID',
      `The event has the id ${JSON.stringify(fields.id)}, but the ids of published events are given by the backplane: put it into the data.`,
    );
  }
}
