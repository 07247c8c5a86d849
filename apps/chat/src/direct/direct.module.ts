import { Module } from '@nestjs/common';
import { SessionModule } from '../session/session.module.js';
import { Conversations } from './conversations.js';
import { DirectController } from './direct.controller.js';
import { DirectService } from './direct.service.js';

@Module({ imports: [SessionModule], controllers: [DirectController], providers: [Conversations, DirectService] })
export class DirectModule {}
