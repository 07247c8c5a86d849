import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { type ChatMessage } from '../messages/chat-message.js';
import { PostMessage } from '../messages/post-message.dto.js';
import { type ChatUser } from '../session/chat-user.js';
import { CurrentUser } from '../session/current-user.decorator.js';
import { DirectService } from './direct.service.js';

@Controller('direct')
export class DirectController {
  constructor(private readonly direct: DirectService) {}

  @Get()
  partners(@CurrentUser() user: ChatUser): ChatUser[] {
    return this.direct.partners(user);
  }

  @Get(':userId/messages')
  recent(@Param('userId') userId: string, @CurrentUser() user: ChatUser): readonly ChatMessage[] {
    return this.direct.recent(user, userId);
  }

  @Post(':userId/messages')
  post(
    @Param('userId') userId: string,
    @Body() { text }: PostMessage,
    @CurrentUser() user: ChatUser,
  ): Promise<ChatMessage> {
    return this.direct.post(user, userId, text);
  }

  @Post(':userId/typing')
  @HttpCode(204)
  typing(@Param('userId') userId: string, @CurrentUser() user: ChatUser): Promise<void> {
    return this.direct.typing(user, userId);
  }
}
