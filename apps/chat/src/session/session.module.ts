import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { SseJwtModule } from 'nestjs-event-stream/passport';
import { AdminPassword } from './admin-password.js';
import { KickedPeople } from './kicked-people.js';
import { NamesInUse } from './names-in-use.js';
import { checking, issuing } from './session-jwt.js';
import { SessionController } from './session.controller.js';
import { SessionGuard } from './session.guard.js';
import { SessionTokens } from './session-tokens.js';
import { Sessions } from './sessions.js';
import { UserIds } from './user-ids.js';

@Module({
  imports: [JwtModule.registerAsync({ useFactory: issuing }), SseJwtModule.registerAsync({ useFactory: checking })],
  controllers: [SessionController],
  providers: [Sessions, SessionTokens, UserIds, NamesInUse, AdminPassword, KickedPeople, SessionGuard],
  exports: [SessionGuard, KickedPeople],
})
export class SessionModule {}
