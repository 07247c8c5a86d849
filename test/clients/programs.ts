import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Readable, type Writable } from 'node:stream';
import { type Got, type Listener, type StreamClient } from './stream-client.js';

/** `curl -N` in a loop, such as a script has one: it begins again where it was cut, and takes an end for the end. */
export class Curl implements StreamClient {
  private child: ChildProcessByStdio<null, Readable, null> | undefined;
  private lastEventId = '';
  private isClosed = false;

  async open(url: string, listener: Listener): Promise<void> {
    this.isClosed = false;
    this.lastEventId = '';
    void this.run(url, listener);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.child?.kill()) await once(this.child, 'exit');
  }

  private async run(url: string, listener: Listener): Promise<void> {
    while (!this.isClosed) {
      const resume = this.lastEventId ? ['-H', `Last-Event-ID: ${this.lastEventId}`] : [];
      // Of a refusal it prints the body, unless it is told to fail.
      const child = spawn('curl', ['-sNf', ...resume, url], { stdio: ['ignore', 'pipe', 'ignore'] });
      this.child = child;
      const exited = once(child, 'exit');
      for await (const block of blocksOf(child.stdout)) this.read(block, listener);
      const [code] = (await exited) as [number | null];
      if (code === 0 || code === REFUSED) {
        this.isClosed = true;
        listener.gaveUp();
      }
    }
  }

  private read(block: string, { got }: Listener): void {
    const fields = block.split('\n').map((line) => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 2)]);
    const valuesOf = (name: string) => fields.filter(([field]) => field === name).map(([, value = '']) => value);
    this.lastEventId = valuesOf('id').at(-1) ?? this.lastEventId;
    const data = valuesOf('data');
    if (data.length === 0) return;
    got({ type: valuesOf('event')[0] ?? 'message', data: data.join('\n'), id: this.lastEventId });
  }
}

/** What curl exits with when `-f` met a status of 400 or more. */
const REFUSED = 22;

async function* blocksOf(output: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const text of output.setEncoding('utf8') as AsyncIterable<string>) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    yield* blocks;
  }
}

/** A program in Python: Debian's own, for which its packages are. */
export class Aiohttp implements StreamClient {
  private child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  private listener: Listener | undefined;

  async open(url: string, listener: Listener): Promise<void> {
    this.listener = listener;
    this.child ??= this.start();
    this.child.stdin.write(`open ${url}\n`);
  }

  close(): void {
    this.listener = undefined;
    this.child?.stdin.write('close\n');
  }

  end(): void {
    this.child?.kill();
  }

  private start(): ChildProcessByStdio<Writable, Readable, null> {
    const script = join(import.meta.dirname, 'aiohttp_client.py');
    const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as Got | { gave_up: number };
      if ('gave_up' in message) this.listener?.gaveUp();
      else this.listener?.got(message);
    });
    return child;
  }
}
