import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { SseModule } from 'nestjs-event-stream';
import { AdminModule } from './admin/admin.module.js';
import { DirectModule } from './direct/direct.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { RoomsModule } from './rooms/rooms.module.js';
import { SessionGuard } from './session/session.guard.js';
import { SessionModule } from './session/session.module.js';
import { streamOptions } from './stream/stream-options.js';
import { StreamModule } from './stream/stream.module.js';
import { EngineAwayFilter } from './web/engine-away.filter.js';
import { inputValidation } from './web/input-validation.js';
import { JsonOnlyGuard } from './web/json-only.guard.js';

@Module({
  imports: [
    SseModule.forRootAsync({ useFactory: () => streamOptions(process.env) }),
    SessionModule,
    StreamModule,
    RoomsModule,
    DirectModule,
    AdminModule,
    OperationsModule,
  ],
  providers: [
    { provide: APP_GUARD, useClass: JsonOnlyGuard },
    { provide: APP_GUARD, useExisting: SessionGuard },
    { provide: APP_PIPE, useFactory: inputValidation },
    { provide: APP_FILTER, useClass: EngineAwayFilter },
  ],
})
export class ChatModule {}
