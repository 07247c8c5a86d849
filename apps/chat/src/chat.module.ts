import { Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { SseModule } from 'nestjs-event-stream';
import { DirectModule } from './direct/direct.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { PeopleModule } from './people/people.module.js';
import { RoomsModule } from './rooms/rooms.module.js';
import { SessionGuard } from './session/session.guard.js';
import { SessionModule } from './session/session.module.js';
import { StreamModule } from './stream/stream.module.js';
import { inputValidation } from './web/input-validation.js';
import { JsonOnlyGuard } from './web/json-only.guard.js';

@Module({
  imports: [
    // A browser opens at most six connections to a host over all its tabs. Five streams leave one for everything
    // else; the sixth tab replaces the oldest, which is told so and stays closed.
    SseModule.forRoot({ connections: { maxPerUser: 5, onUserLimit: 'replace-oldest' } }),
    SessionModule,
    StreamModule,
    RoomsModule,
    MessagesModule,
    DirectModule,
    PeopleModule,
  ],
  providers: [
    { provide: APP_GUARD, useClass: JsonOnlyGuard },
    { provide: APP_GUARD, useExisting: SessionGuard },
    { provide: APP_PIPE, useFactory: inputValidation },
  ],
})
export class ChatModule {}
