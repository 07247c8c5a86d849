import { Module } from '@nestjs/common';
import { RoomsModule } from '../rooms/rooms.module.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';

@Module({ imports: [RoomsModule], controllers: [MessagesController], providers: [MessagesService] })
export class MessagesModule {}
