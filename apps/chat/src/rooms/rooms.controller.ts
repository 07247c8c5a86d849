import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { type ChatMessage } from '../messages/chat-message.js';
import { PostMessage } from '../messages/post-message.dto.js';
import { type ChatUser } from '../session/chat-user.js';
import { CurrentUser } from '../session/current-user.decorator.js';
import { OpenRoom, RoomInPath } from './room-name.js';
import { RoomsService } from './rooms.service.js';

@Controller('rooms')
export class RoomsController {
  constructor(private readonly rooms: RoomsService) {}

  /** Answers with the name as it is written from now on. The page goes there by opening its stream with that room. */
  @Post()
  async open(@Body() { name }: OpenRoom): Promise<{ room: string }> {
    await this.rooms.announce(name);
    return { room: name };
  }

  @Post(':room/messages')
  post(
    @Param() { room }: RoomInPath,
    @Body() message: PostMessage,
    @CurrentUser() user: ChatUser,
  ): Promise<ChatMessage> {
    return this.rooms.post(room, user, message);
  }

  @Post(':room/typing')
  @HttpCode(204)
  typing(@Param() { room }: RoomInPath, @CurrentUser() user: ChatUser): Promise<void> {
    return this.rooms.typing(room, user);
  }
}
