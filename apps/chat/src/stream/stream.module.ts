import { Module } from '@nestjs/common';
import { SessionModule } from '../session/session.module.js';
import { StreamController } from './stream.controller.js';
import { TabStreams } from './tab-streams.js';

@Module({
  imports: [SessionModule],
  controllers: [StreamController],
  providers: [TabStreams],
  exports: [TabStreams],
})
export class StreamModule {}
