import { BadRequestException, Body, Controller, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { SseBroadcaster } from 'nestjs-event-stream';
import { type ChatUser, userOf } from '../session/chat-user.js';
import { CurrentUser } from '../session/current-user.decorator.js';
import { KickedPeople } from '../session/kicked-people.js';
import { AdminOnly } from './admin-only.decorator.js';
import { Announcement } from './announcement.dto.js';
import { Kick } from './kick.dto.js';

/** Whoever was away for longer has no use for it. */
const NEWS_FOR = 60 * 60 * 1_000;

@Controller()
@AdminOnly()
export class AdminController {
  constructor(
    private readonly kicked: KickedPeople,
    private readonly broadcaster: SseBroadcaster,
  ) {}

  @Post('people/:userId/kick')
  @HttpCode(204)
  async kick(@Param('userId') userId: string, @Body() { reason }: Kick, @CurrentUser() admin: ChatUser): Promise<void> {
    if (userId === admin.userId) throw new BadRequestException('You can not remove yourself: sign out');
    if (!userOf(userId)) throw new NotFoundException('There is nobody of this id');
    await this.kicked.kick(userId, reason);
  }

  /** To everybody who is in the chat, whichever rooms he is in. */
  @Post('announcements')
  @HttpCode(204)
  async announce(@Body() { text }: Announcement, @CurrentUser() author: ChatUser): Promise<void> {
    await this.broadcaster.broadcast({ type: 'announcement', data: { author, text } }, { ttl: NEWS_FOR });
  }
}
