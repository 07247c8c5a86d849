import { Module } from '@nestjs/common';
import { RoomsModule } from '../rooms/rooms.module.js';
import { SessionModule } from '../session/session.module.js';
import { PeopleController } from './people.controller.js';
import { PeopleService } from './people.service.js';
import { PresenceAnnouncer } from './presence-announcer.js';

@Module({
  imports: [RoomsModule, SessionModule],
  controllers: [PeopleController],
  providers: [PeopleService, PresenceAnnouncer],
})
export class PeopleModule {}
