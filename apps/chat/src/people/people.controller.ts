import { Controller, Get, Param } from '@nestjs/common';
import { type ChatUser } from '../session/chat-user.js';
import { CurrentUser } from '../session/current-user.decorator.js';
import { PeopleService } from './people.service.js';

@Controller()
export class PeopleController {
  constructor(private readonly people: PeopleService) {}

  @Get('people')
  everybody(): Promise<ChatUser[]> {
    return this.people.everybody();
  }

  @Get('rooms/:roomId/people')
  inRoom(@Param('roomId') roomId: string, @CurrentUser() user: ChatUser): Promise<ChatUser[]> {
    return this.people.inRoom(roomId, user);
  }
}
