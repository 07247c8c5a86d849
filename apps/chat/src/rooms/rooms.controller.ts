import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { type ChatUser } from '../session/chat-user.js';
import { CurrentUser } from '../session/current-user.decorator.js';
import { TabStreams } from '../stream/tab-streams.js';
import { JoinRoom, OpenRoom } from './room.dto.js';
import { RoomsService, type RoomView } from './rooms.service.js';

@Controller('rooms')
export class RoomsController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly streams: TabStreams,
  ) {}

  @Get()
  list(@CurrentUser() user: ChatUser): RoomView[] {
    return this.rooms.list(user);
  }

  @Post()
  open(@Body() { name }: OpenRoom, @CurrentUser() user: ChatUser): Promise<RoomView> {
    return this.rooms.open(name, user);
  }

  @Post(':roomId/join')
  @HttpCode(200)
  join(
    @Param('roomId') roomId: string,
    @Body() { connectionId }: JoinRoom,
    @CurrentUser() user: ChatUser,
  ): Promise<RoomView> {
    this.streams.requireOwn(user, connectionId);
    return this.rooms.join(roomId, user, connectionId);
  }

  @Post(':roomId/leave')
  @HttpCode(204)
  leave(@Param('roomId') roomId: string, @CurrentUser() user: ChatUser): Promise<void> {
    return this.rooms.leave(roomId, user);
  }
}
