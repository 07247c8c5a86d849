import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { type ChatMessage } from '../messages/chat-message.js';
import { PostMessage } from '../messages/post-message.dto.js';
import { type ChatUser } from '../session/chat-user.js';
import { CurrentUser } from '../session/current-user.decorator.js';
import { DirectService } from './direct.service.js';

@Controller('direct/:userId')
export class DirectController {
  constructor(private readonly direct: DirectService) {}

  @Post('messages')
  post(
    @Param('userId') userId: string,
    @Body() message: PostMessage,
    @CurrentUser() user: ChatUser,
  ): Promise<ChatMessage> {
    return this.direct.post(user, userId, message);
  }

  @Post('typing')
  @HttpCode(204)
  typing(@Param('userId') userId: string, @CurrentUser() user: ChatUser): Promise<void> {
    return this.direct.typing(user, userId);
  }
}
