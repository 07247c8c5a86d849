import { Module } from '@nestjs/common';
import { SessionController } from './session.controller.js';
import { SessionGuard } from './session.guard.js';
import { SessionStore } from './session.store.js';

@Module({
  controllers: [SessionController],
  providers: [SessionStore, SessionGuard],
  exports: [SessionStore, SessionGuard],
})
export class SessionModule {}
