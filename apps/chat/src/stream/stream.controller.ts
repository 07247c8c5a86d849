import { Controller, Logger, Query, UseGuards } from '@nestjs/common';
import {
  channels,
  type ChannelSubscription,
  SseConnectRateGuard,
  SsePermissions,
  SsePermissionsGuard,
  SseStream,
} from 'nestjs-event-stream';
import { of } from 'rxjs';
import { roomChannel } from '../rooms/room.channel.js';
import { RoomsService } from '../rooms/rooms.service.js';
import { READ } from '../session/permissions.js';
import { directoryChannel } from './directory.channel.js';
import { StreamRooms } from './stream-rooms.dto.js';

/**
 * The one event stream of a tab. Its URL names the rooms that it is on, so that a reconnect, to whichever node, brings all
 * that was missed of them. The tab comes with another URL when somebody joins a room.
 */
@Controller('events')
export class StreamController {
  private readonly logger = new Logger(StreamController.name);

  constructor(private readonly rooms: RoomsService) {}

  @SseStream()
  @SsePermissions(READ)
  @UseGuards(SseConnectRateGuard, SsePermissionsGuard)
  events(@Query() { room: rooms }: StreamRooms): ChannelSubscription {
    for (const room of rooms) {
      this.rooms
        .announce(room)
        .catch((error: unknown) => this.logger.warn(`#${room} was not announced: ${String(error)}`));
    }
    return (
      channels(directoryChannel(), ...rooms.map((name) => roomChannel({ name })))
        // Whoever comes back after a cut gets what he missed and neither of these.
        .startWith(of({ type: 'welcome', data: welcomeTo(rooms) }))
        .history({ last: 50 })
    );
  }
}

/** The page begins anew with this. By the names of channels it knows which room `sse:presence` and `sse:reset` are about. */
function welcomeTo(rooms: string[]) {
  const byChannel = Object.fromEntries(rooms.map((name) => [roomChannel({ name }).name, name]));
  return { now: new Date().toISOString(), rooms: byChannel };
}
