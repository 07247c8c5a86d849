import { describe, expect, it } from '@jest/globals';
import { Buffer } from 'node:buffer';
import { setImmediate as turn } from 'node:timers/promises';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Frame, type FrameTraits } from '../protocol/frame.js';
import { type Piece } from '../protocol/piece.js';
import { CompressionTraffic } from '../transport/compression/compression-traffic.js';
import { GzipCoding } from '../transport/compression/gzip-coding.js';
import { WindowBudget } from '../transport/compression/window-budget.js';
import { type PieceWriter, type ResponseWriter } from '../transport/response-writer.js';
import { type DropCounts } from './drop-counts.js';
import { FlushScheduler } from './flush-scheduler.js';
import { Outbox } from './outbox.js';
import { QueueBudget } from './queue-budget.js';
import { Shedding } from './shedding.js';
import { Traffic } from './traffic.js';

const BEAT = new Frame(':\n\n', { isSignOfLife: true, isControl: true });

/** Two channels with one history, and what all outboxes share. */
class World {
  readonly coding = new GzipCoding(6, 64, new CompressionTraffic());
  readonly services = {
    scheduler: new FlushScheduler(),
    budget: new QueueBudget(10_000_000),
    shedding: new Shedding(),
    traffic: new Traffic(),
  };
  readonly history: { frame: Frame; except: number | undefined }[] = [];
  private readonly windows = new WindowBudget();
  private readonly runs = [this.windows.newRun(), this.windows.newRun()];

  publish(channel: number, bytes: number, traits: FrameTraits, except?: number): Frame {
    const sequence = this.history.length + 1;
    const text = `number ${sequence} of ${channel} `.repeat(Math.ceil(bytes / 15));
    const frame = new Frame(`id: ${sequence}\ndata: ${text}\n\n`, { ...traits, sequence, id: String(sequence) });
    this.runs[channel]!.append(frame);
    this.history.push({ frame, except });
    return frame;
  }
}

/** A client with its own decoder, and the outbox that stands for it. */
class Client {
  bytes = Buffer.alloc(0);
  blocked = false;
  told = 0;
  readonly box: Outbox;
  readonly joinedAt: number;
  private drain: (() => void) | undefined;
  private readonly writer: ResponseWriter & { ending(): Piece | undefined };

  constructor(
    private readonly world: World,
    private readonly name: number,
  ) {
    const owner = {
      overflowed: () => undefined,
      unwritable: () => undefined,
      drained: () => this.catchUp(),
      tell: (dropped: DropCounts) => {
        for (const [, count] of dropped) this.told += count;
        return [];
      },
    };
    const settings = { queue: { maxEvents: 8, maxBytes: 20_000, maxTotalBytes: 0 }, overflow: 'catch-up' as const };
    this.box = new Outbox(owner, settings, world.services);
    this.box.fallsBehindAt = 4;
    this.joinedAt = this.box.position = this.box.written = world.history.length;
    this.writer = world.coding.writerTo(this.socket);
    this.writer.write(new Frame('retry: 1\n\n'));
    this.box.open(this.writer, 1);
  }

  async undergo(act: string): Promise<void> {
    const { box, world } = this;
    if (act === 'private') box.push(new Frame('data: only for you\n\n'));
    else if (act === 'beat') box.pushControl(BEAT);
    else if (act === 'stall') await this.stall();
    else if (act === 'read') await this.read();
    else if (act === 'lag') box.fallBehind();
    else if (act === 'join') box.discard();
    else world.services.shedding.lowPriority = act === 'shed';
  }

  async stall(): Promise<void> {
    this.blocked = true;
    this.box.push(new Frame('data: the socket is full\n\n'));
    await turn();
  }

  async read(): Promise<void> {
    this.blocked = false;
    for (let settled = -1; settled !== this.bytes.length;) {
      settled = this.bytes.length;
      const { drain } = this;
      this.drain = undefined;
      drain?.();
      await turn();
      this.catchUp();
      await turn();
    }
  }

  /** The text that its decoder has put out. */
  get text(): string {
    return gunzipSync(this.bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  }

  /** The same, of the whole body with its end, in pieces of any size. */
  async textIn(sizes: readonly number[]): Promise<string> {
    const whole = Buffer.concat([this.bytes, this.writer.ending()!.payload]);
    const decoder = createGunzip();
    for (let at = 0, turns = 0; at < whole.length; turns++) {
      const size = sizes[turns % sizes.length]!;
      decoder.write(whole.subarray(at, at + size));
      at += size;
    }
    decoder.end();
    return (await decoder.setEncoding('utf8').toArray()).join('');
  }

  private get socket(): PieceWriter {
    const isBlocked = () => this.blocked;
    const write = ({ payload }: Piece) => (this.bytes = Buffer.concat([this.bytes, payload]));
    return {
      get blocked() {
        return isBlocked();
      },
      write,
      writeAll: (pieces: readonly Piece[]) => pieces.forEach(write),
      onceDrained: (callback: () => void) => (this.drain = callback),
    } as unknown as PieceWriter;
  }

  /** What ChannelCatchUp does, without channels. */
  private catchUp(): void {
    const { box, world } = this;
    if (!box.isBehind || !box.takesPage) return;
    const page = world.history.slice(box.position, box.position + 3);
    if (page.length === 0) box.isBehind = false;
    else
      box.pushPage(
        page.filter(({ except }) => except !== this.name).map(({ frame }) => frame),
        page.at(-1)!.frame.sequence,
      );
  }
}

const who = fc.nat(3);
const publish = fc.record({
  act: fc.constant('publish' as const),
  channel: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
  bytes: fc.integer({ min: 0, max: 1_500 }),
  except: fc.option(who, { nil: undefined, freq: 6 }),
  priority: fc.constantFrom(undefined, undefined, 'low' as const, 'critical' as const),
  expires: fc.constantFrom(undefined, undefined, undefined, 0),
});
const act = fc.constantFrom('private', 'beat', 'stall', 'read', 'join', 'lag', 'shed', 'calm');
const step = fc.oneof({ weight: 10, arbitrary: publish }, { weight: 8, arbitrary: fc.record({ act, who }) });

/** The numbers of the events in a text. */
const numbersIn = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));

describe('a compressed stream behind its Outbox', () => {
  it('is decoded to exactly the events that it should have, at every step and in any split of its bytes', async () => {
    const plan = fc.record({
      steps: fc.array(step, { minLength: 40, maxLength: 120, size: 'max' }),
      sizes: fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ steps, sizes }) => {
        const world = new World();
        const clients = [0, 1, 2, 3].map((name) => new Client(world, name));
        const texts = clients.map(() => '');
        for (const each of steps) {
          if ('channel' in each) {
            const { channel, bytes, except, priority, expires } = each;
            const frame = world.publish(channel, bytes, { priority, expires }, except);
            for (const [name, { box }] of clients.entries()) if (name !== except) box.push(frame);
          } else await clients[each.who]!.undergo(each.act);
          if ('who' in each && each.act === 'join') {
            clients[each.who] = new Client(world, each.who);
            texts[each.who] = '';
          }
          await turn();
          for (const [name, client] of clients.entries()) {
            // What came out before stays: a decoder that is led astray shows it here, and nowhere else.
            expect(client.text.startsWith(texts[name]!)).toBe(true);
            texts[name] = client.text;
          }
        }
        for (const client of clients) {
          await client.read();
          // What was left out is told with the next thing that is sent.
          client.box.push(new Frame('data: the last\n\n'));
          await client.read();
        }

        for (const [name, client] of clients.entries()) {
          const text = await client.textIn(sizes);
          const numbers = numbersIn(text);
          const owed = world.history.slice(client.joinedAt).filter(({ except }) => except !== name);
          const byNumber = new Map(owed.map(({ frame }) => [frame.sequence, frame.payload.toString()]));
          // In order, each once, with its very text; and what is missing was told.
          expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
          for (const number of numbers) expect(text).toContain(byNumber.get(number)!);
          expect(owed.length - numbers.length).toBeLessThanOrEqual(client.told);
        }
      }),
      { numRuns: 60 },
    );
  });
});
