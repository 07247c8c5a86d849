import { Controller } from '@nestjs/common';
import {
  channels,
  type ChannelSubscription,
  CurrentConnection,
  type SseConnection,
  SseStream,
} from 'nestjs-event-stream';
import { directoryChannel } from './directory.channel.js';

/** The one event stream of a tab. It opens on the directory; rooms are joined while it runs. */
@Controller('events')
export class StreamController {
  @SseStream()
  events(@CurrentConnection() connection: SseConnection): ChannelSubscription {
    // The page needs the id to have rooms subscribed to this very stream.
    connection.send({ type: 'welcome', data: { connectionId: connection.id } });
    return channels(directoryChannel());
  }
}
