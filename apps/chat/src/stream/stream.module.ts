import { Module } from '@nestjs/common';
import { RoomsModule } from '../rooms/rooms.module.js';
import { StreamController } from './stream.controller.js';

@Module({ imports: [RoomsModule], controllers: [StreamController] })
export class StreamModule {}
