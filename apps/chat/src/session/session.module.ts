import { Module } from '@nestjs/common';
import { NamesInUse } from './names-in-use.js';
import { SessionController } from './session.controller.js';
import { SessionGuard } from './session.guard.js';
import { SessionSigner } from './session-signer.js';
import { sessionSecret } from './session-secret.js';

@Module({
  controllers: [SessionController],
  providers: [
    { provide: SessionSigner, useFactory: () => new SessionSigner(sessionSecret()) },
    SessionGuard,
    NamesInUse,
  ],
  exports: [SessionGuard],
})
export class SessionModule {}
