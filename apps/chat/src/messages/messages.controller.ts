import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { type ChatUser } from '../session/chat-user.js';
import { CurrentUser } from '../session/current-user.decorator.js';
import { type ChatMessage } from './chat-message.js';
import { MessagesService } from './messages.service.js';
import { PostMessage } from './post-message.dto.js';

@Controller('rooms/:roomId')
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  @Get('messages')
  recent(@Param('roomId') roomId: string, @CurrentUser() user: ChatUser): readonly ChatMessage[] {
    return this.messages.recent(roomId, user);
  }

  @Post('messages')
  post(
    @Param('roomId') roomId: string,
    @Body() { text }: PostMessage,
    @CurrentUser() user: ChatUser,
  ): Promise<ChatMessage> {
    return this.messages.post(roomId, user, text);
  }

  @Post('typing')
  @HttpCode(204)
  typing(@Param('roomId') roomId: string, @CurrentUser() user: ChatUser): Promise<void> {
    return this.messages.typing(roomId, user);
  }
}
