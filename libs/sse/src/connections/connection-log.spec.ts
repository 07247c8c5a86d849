import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, type INestApplication, type LoggerService, type LogLevel } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { channels, ResourceMonitor, SseBroadcaster, SseModule, SseStream } from '../index.js';
import { SseTestClient } from '../testing/index.js';

@Controller()
class RoomController {
  @SseStream('room')
  room() {
    return channels('room');
  }
}

/** Keeps the lines of this library. */
class Lines implements LoggerService {
  readonly all: [LogLevel, string][] = [];
  log = (text: string) => void this.all.push(['log', text]);
  warn = (text: string) => void this.all.push(['warn', text]);
  error = (text: string) => void this.all.push(['error', text]);
  debug = (text: string) => void this.all.push(['debug', text]);
  of = (level: LogLevel) => this.all.filter(([one]) => one === level).map(([, text]) => text);
}

describe('what is logged of connections', () => {
  let lines: Lines;
  let app: INestApplication;
  beforeEach(async () => {
    lines = new Lines();
    const identify = () => ({ userId: 'ann smith', permissions: [] });
    const module = await Test.createTestingModule({
      imports: [SseModule.forRoot({ identify, connections: { max: 1 } })],
      controllers: [RoomController],
    })
      .setLogger(lines)
      .compile();
    app = module.createNestApplication();
    await app.init();
  });
  afterEach(() => app.close());

  it('is a line for each that opens and ends, with its fields', async () => {
    const client = await SseTestClient.open(app, '/room');
    await app.get(SseBroadcaster).disconnect({ user: 'ann smith' }, 'shouting');
    await client.untilClosed();

    const [opened, closed] = lines.of('debug').filter((line) => /^(Opened|Closed) /.test(line));
    expect(opened).toMatch(/^Opened connection=\S+ user="ann smith" address=\S+$/);
    expect(closed).toMatch(
      /^Closed connection=\S+ user="ann smith" reason=kicked duration=\d+ms events=\d+ bytes=\d+ dropped=0$/,
    );
    expect(lines.of('log')).toContain('Disconnected user="ann smith" reason=shouting connections=1');
  });

  it('is one line at a look for all that found no place', async () => {
    const client = await SseTestClient.open(app, '/room');
    for (let done = 0; done < 3; done++) await SseTestClient.open(app, '/room');

    app.get(ResourceMonitor).sample();
    app.get(ResourceMonitor).sample();

    expect(lines.of('warn').filter((line) => line.startsWith('Refused'))).toEqual([
      'Refused connections refused=3 open=1 sinceStart=3',
    ]);
    await client.close();
  });

  it('is nothing of events', async () => {
    const client = await SseTestClient.open(app, '/room');
    const before = lines.all.length;

    for (let done = 0; done < 10; done++) await app.get(SseBroadcaster).toChannel('room', { data: done });
    await client.take(10);

    expect(lines.all.length).toBe(before);
    await client.close();
  });
});
