import { Body, Controller, Injectable, Module, Post, RequestMethod } from '@nestjs/common';
import { channels, defineChannel, SseBroadcaster, SseModule, SseStream } from 'nestjs-event-stream';
import { from } from 'rxjs';

const newsChannel = defineChannel('news').events<{ headline: { title: string } }>();

/** Injected by its type alone: so the metadata of decorators has to be there. */
@Injectable()
class Newsroom {
  constructor(private readonly sse: SseBroadcaster) {}

  publish(title: string) {
    return this.sse.toChannel(newsChannel(), { type: 'headline', data: { title } });
  }
}

@Controller('news')
class NewsController {
  constructor(private readonly newsroom: Newsroom) {}

  @SseStream('events')
  events() {
    return channels(newsChannel());
  }

  @Post()
  post(@Body() { title }: { title: string }) {
    return this.newsroom.publish(title);
  }

  @SseStream('echo', { method: RequestMethod.POST, format: 'raw' })
  echo(@Body() { text }: { text: string }) {
    return from(text.split(' '));
  }
}

@Module({ imports: [SseModule.forRoot()], controllers: [NewsController], providers: [Newsroom] })
export class AppModule {}
