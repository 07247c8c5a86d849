import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { constants, gunzipSync } from 'node:zlib';
import { Frame } from '../../protocol/frame.js';
import { WindowBudget } from './window-budget.js';
import { type PieceWriter } from '../response-writer.js';
import { type CompressedWriter } from './compressed-writer.js';
import { CompressionTraffic } from './compression-traffic.js';
import { GzipCoding } from './gzip-coding.js';

/** The pieces are looked at before they are written. */
const NOWHERE = {} as PieceWriter;

const beat = new Frame(':\n\n', { isSignOfLife: true });

/** A client with its own inflater, which is asked after each frame: a wrong window raises no error, but makes another text. */
class Client {
  private readonly writer: CompressedWriter;
  private readonly bytes: Buffer[] = [];
  private expected = '';
  /** What waits for it, as in an outbox. */
  waiting: Frame[] = [];

  constructor(coding: GzipCoding) {
    this.writer = coding.writerTo(NOWHERE);
    this.write(new Frame('retry: 3000\n\n'));
  }

  write(frame: Frame): void {
    this.bytes.push(this.writer.next(frame).payload);
    if (!frame.isSignOfLife) this.expected += frame.payload.toString();
  }

  read(): void {
    for (const frame of this.waiting.splice(0)) this.write(frame);
  }

  check(): void {
    const soFar = gunzipSync(Buffer.concat(this.bytes), { finishFlush: constants.Z_SYNC_FLUSH });
    expect(soFar.toString()).toBe(this.expected);
  }

  /** The whole body with its end, which checks sum and length too. */
  checkEnd(): void {
    const whole = Buffer.concat([...this.bytes, this.writer.ending()!.payload]);
    expect(gunzipSync(whole).toString()).toBe(this.expected);
  }

  get size(): number {
    return this.bytes.reduce((sum, { length }) => sum + length, 0);
  }

  get plainSize(): number {
    return Buffer.byteLength(this.expected);
  }
}

let published = 0;
function frameOf(length: number): Frame {
  const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];
  const text = Array.from({ length }, (_, n) => words[(published * 7 + n * n) % words.length]).join(' ');
  return new Frame(`id: run-${++published}\nevent: message\ndata: ${JSON.stringify({ n: published, text })}\n\n`);
}

const channel = fc.nat(1);
const who = fc.nat(3);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('publish' as const), channel, length: fc.nat(250) }) },
  // To all clients but one: it is excluded, or the event expired or was shed while it waited.
  { weight: 2, arbitrary: fc.record({ do: fc.constant('except' as const), channel, who, length: fc.nat(250) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('private' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('beat' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stall' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('read' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('join' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('catch-up' as const), who, channel, last: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), channel }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('burst' as const), channel, count: fc.nat(60) }) },
);

describe('events compressed against those before them in their channel', () => {
  it('are decoded to what was sent, by every client and at every step, whatever each of them gets and misses', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 120 }), (steps) => {
        const coding = new GzipCoding(6, 64, new CompressionTraffic());
        const runs = [new WindowBudget().newRun(), new WindowBudget().newRun()];
        const logs: Frame[][] = [[], []];
        const clients = Array.from({ length: 4 }, () => new Client(coding));
        const stalled = new Set<Client>();
        const publish = (to: number, length: number, except?: number) => {
          const frame = frameOf(length);
          runs[to]!.append(frame);
          logs[to]!.push(frame);
          for (const [index, client] of clients.entries()) if (index !== except) client.waiting.push(frame);
        };
        for (const each of steps) {
          if (each.do === 'publish') publish(each.channel, each.length);
          else if (each.do === 'except') publish(each.channel, each.length, each.who);
          else if (each.do === 'burst') for (let n = 0; n < each.count; n++) publish(each.channel, 20);
          else if (each.do === 'private') clients[each.who]!.waiting.push(frameOf(10));
          else if (each.do === 'beat') clients[each.who]!.waiting.push(beat);
          else if (each.do === 'join') clients[each.who] = new Client(coding);
          else if (each.do === 'stall') stalled.add(clients[each.who]!);
          else if (each.do === 'read') stalled.delete(clients[each.who]!);
          else if (each.do === 'restart') runs[each.channel] = new WindowBudget().newRun();
          else clients[each.who]!.waiting = logs[each.channel]!.slice(-each.last);
          for (const client of clients) {
            if (stalled.has(client)) continue;
            client.read();
            client.check();
          }
        }
        for (const client of clients) {
          client.read();
          client.checkEnd();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are told from those of another channel that stand at the same place', () => {
    const coding = new GzipCoding(6, 64, new CompressionTraffic());
    const runs = [new WindowBudget().newRun(), new WindowBudget().newRun()];
    const client = new Client(coding);
    for (let n = 0; n < 120; n++) {
      const frames = ['this', 'that'].map((word) => new Frame(`data: ${`${word} ${n % 10} `.repeat(20)}\n\n`));
      for (const [index, frame] of frames.entries()) runs[index]!.append(frame);
      client.write(frames[n < 60 ? 0 : 1]!);
      client.check();
    }
  });

  it('are so only for who has all that they may refer to, to the byte', () => {
    const coding = new GzipCoding(6, 64, new CompressionTraffic());
    const run = new WindowBudget().newRun();
    // Each is like one only, which stands 80 events before it: 8,080 bytes of a window of 8,192.
    const texts = Array.from({ length: 80 }, () => randomBytes(47).toString('hex').slice(1));
    const clients = [new Client(coding)];
    for (let n = 0; n < 300; n++) {
      const frame = new Frame(`data: ${texts[n % 80]}\n\n`);
      run.append(frame);
      if (n === 100) clients.push(new Client(coding));
      for (const client of clients) {
        client.write(frame);
        client.check();
      }
    }
  });

  it('take less than a third of their size, from about the fortieth on', () => {
    const coding = new GzipCoding(6, 64, new CompressionTraffic());
    const run = new WindowBudget().newRun();
    const client = new Client(coding);
    for (let n = 0; n < 300; n++) {
      const frame = frameOf(25);
      run.append(frame);
      client.write(frame);
    }

    client.checkEnd();
    expect(client.size).toBeLessThan(client.plainSize / 3);
  });

  it('are made once for all who have the same before them', () => {
    const coding = new GzipCoding(6, 64, new CompressionTraffic());
    const run = new WindowBudget().newRun();
    const [one, other, late] = [coding.writerTo(NOWHERE), coding.writerTo(NOWHERE), coding.writerTo(NOWHERE)];
    for (const writer of [one, other]) writer.next(frameOf(1));
    for (let n = 0; n < 60; n++) {
      const frame = frameOf(30);
      run.append(frame);
      expect(one.next(frame)).toBe(other.next(frame));
    }
    const last = frameOf(30);
    run.append(last);

    expect(late.next(last)).not.toBe(one.next(last));
  });

  it('of one client are never compressed against what others were sent as well', () => {
    const coding = new GzipCoding(6, 0, new CompressionTraffic());
    const run = new WindowBudget().newRun();
    const writer = coding.writerTo(NOWHERE);
    const secret = 'correct horse battery staple, and nobody else knows it';
    const mine = () => new Frame(`data: ${JSON.stringify({ secret })}\n\n`);
    writer.next(mine());
    const alone = writer.next(mine()).bytes;
    for (let n = 0; n < 200; n++) {
      const guess = new Frame(`data: ${JSON.stringify({ secret })}\n\n`);
      run.append(guess);
      writer.next(guess);
    }

    expect(writer.next(mine()).bytes).toBe(alone);
  });
});
