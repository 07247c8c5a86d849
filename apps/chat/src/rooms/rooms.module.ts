import { Module } from '@nestjs/common';
import { SessionModule } from '../session/session.module.js';
import { StreamModule } from '../stream/stream.module.js';
import { RoomsController } from './rooms.controller.js';
import { RoomsService } from './rooms.service.js';
import { RoomsStore } from './rooms.store.js';

@Module({
  imports: [SessionModule, StreamModule],
  controllers: [RoomsController],
  providers: [RoomsStore, RoomsService],
  exports: [RoomsStore],
})
export class RoomsModule {}
