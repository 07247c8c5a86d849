import { type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { SseTestClient, type SseTestInit } from 'nestjs-event-stream/testing';
import { type FixtureConfig } from '../fixture/config.js';
import { type Control } from '../fixture/control.js';
import { giveBack, type ProcessOptions, startApplication, startProcess, takeProcess } from './fixture-process.js';
import { openOverHttp2 } from './http2-client.js';
import { type Target } from './matrix.js';

/** Something that happened in the application, see `journal.ts` of the fixture. */
export interface Note {
  readonly kind: string;
  readonly key: string;
  readonly detail?: unknown;
}

interface Message {
  ready?: number;
  failed?: { name: string; message: string };
  note?: Note;
  id?: number;
  result?: unknown;
  error?: { name: string; message: string; code?: string };
}

type ControlMethod = {
  [K in keyof Control]: Control[K] extends (...args: never[]) => unknown ? K : never;
}[keyof Control];
type Answer<M extends ControlMethod> = Awaited<ReturnType<Control[M]>>;

export interface ServerConfig extends Omit<FixtureConfig, 'platform' | 'http2'>, ProcessOptions {
  /** Its process may have run the application of another suite, and may run one after it. */
  shared?: boolean;
}

const PATIENCE = 10_000;
/** Shorter than jest's patience with a test, longer than a shutdown may take. */
const ANSWER_TIME = 20_000;
/** What waits for output instead of for a key. */
const OUTPUT = '(output)';

/**
 * The fixture application in a process of its own. Tests speak HTTP with it, tell it what to do over Node's IPC channel
 * (`call`), and await what happens in it (`noted`).
 */
export class TestServer {
  port = 0;
  output = '';
  readonly clients = new Set<{ close(): unknown }>();

  private readonly child: ChildProcess;
  private readonly shared: boolean;
  private readonly exit: Promise<number | NodeJS.Signals | null>;
  private readonly ready: Promise<void>;
  private readonly calls = new Map<number, (message: Message) => void>();
  private readonly notes = new Map<string, Note[]>();
  private readonly watchers = new Map<string, Set<() => void>>();
  private nextCall = 1;

  constructor(
    readonly target: Target,
    { launcher, node, shared = false, ...config }: ServerConfig = {},
  ) {
    const { nest, platform, http2 } = target;
    this.shared = shared && !launcher && !node;
    this.child = this.shared ? takeProcess(nest) : startProcess(nest, { launcher, node });
    startApplication(this.child, { ...config, platform, http2 });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.tellWatchers(OUTPUT);
      });
    }
    this.exit = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(code ?? signal)));
    this.ready = new Promise((resolve, reject) => {
      this.child.on('message', (message: Message) => {
        if (message.ready !== undefined) resolve(void (this.port = message.ready));
        else if (message.failed)
          reject(Object.assign(new Error(message.failed.message), { name: message.failed.name }));
        else this.receive(message);
      });
      void this.exit.then((code) => reject(new Error(`The server exited with ${String(code)}:\n${this.output}`)));
    });
    this.ready.catch(() => undefined);
  }

  /** Starts a server; rejects with its error when it does not start. */
  static async start(target: Target, config?: ServerConfig): Promise<TestServer> {
    const server = new TestServer(target, config);
    await server.ready;
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Opens a stream over the protocol of the target; it is closed after the test. */
  async open(path: string, init: SseTestInit = {}): Promise<SseTestClient> {
    const client = this.target.http2
      ? await openOverHttp2(this.url, path, init)
      : await SseTestClient.open(this.url, path, init);
    this.clients.add(client);
    return client;
  }

  /** Has the application do something, see `control.ts` of the fixture. */
  async call<M extends ControlMethod>(method: M, ...args: Parameters<Control[M]>): Promise<Answer<M>> {
    const id = this.nextCall++;
    const answered = new Promise<Message>((resolve) => this.calls.set(id, resolve));
    this.child.send({ id, method, args });
    const gone = this.exit.then((): Message => ({
      error: { name: 'Error', message: `The server exited during ${method}:\n${this.output}` },
    }));
    // A server that hangs must fail one test, and not each that follows by its own time-out.
    const deadline = setTimeout(() => {
      this.output += `\nNo answer to ${method} for ${ANSWER_TIME} ms: killed by the test`;
      this.child.kill('SIGKILL');
    }, ANSWER_TIME);
    const { error, result } = await Promise.race([answered, gone]);
    clearTimeout(deadline);
    this.calls.delete(id);
    if (error) throw Object.assign(new Error(error.message), { name: error.name, code: error.code });
    return result as Answer<M>;
  }

  /** The notes of a key, in order; of one kind if given. */
  notesOf(key: string, kind?: string): Note[] {
    return (this.notes.get(key) ?? []).filter((note) => kind === undefined || note.kind === kind);
  }

  /** Waits for the `count`-th note of this kind and key and resolves with it. */
  async noted(kind: string, key: string, count = 1): Promise<Note> {
    await this.until(
      key,
      () => this.notesOf(key, kind).length >= count,
      () => `note ${count} of "${kind}"; so far: ${JSON.stringify(this.notesOf(key))}`,
    );
    return this.notesOf(key, kind)[count - 1]!;
  }

  /** Waits until the server has printed this. */
  async printed(text: string | RegExp): Promise<void> {
    await this.until(
      OUTPUT,
      () => (typeof text === 'string' ? this.output.includes(text) : text.test(this.output)),
      () => `the output ${String(text)}; so far:\n${this.output}`,
    );
  }

  /** Waits until no connection is registered, and everything about the last one is done. */
  async idle(): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while ((await this.call('stats')).count > 0) {
      if (Date.now() > deadline) {
        const [first] = await this.call('connections');
        throw new Error(`Not all connections ended. The first that is open: ${JSON.stringify(first)}`);
      }
      await delay(5);
    }
    await this.call('settle');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves with the exit code or the signal that ended the process. */
  async exited(): Promise<number | NodeJS.Signals | null> {
    const late = delay(PATIENCE, undefined, { ref: false }).then(() => {
      throw new Error(`The server did not exit. Its output:\n${this.output}`);
    });
    return Promise.race([this.exit, late]);
  }

  async closeClients(): Promise<void> {
    const clients = [...this.clients];
    this.clients.clear();
    await Promise.all(clients.map((client) => client.close()));
  }

  async stop(): Promise<void> {
    await this.closeClients();
    if (this.shared) return giveBack(this.child, this.target.nest);
    this.child.kill('SIGKILL');
    await this.exit;
  }

  private receive(message: Message): void {
    if (message.note) {
      const { key } = message.note;
      const notes = this.notes.get(key);
      if (notes) notes.push(message.note);
      else this.notes.set(key, [message.note]);
      this.tellWatchers(key);
    } else if (message.id !== undefined) {
      this.calls.get(message.id)?.(message);
    }
  }

  private tellWatchers(about: string): void {
    for (const watcher of [...(this.watchers.get(about) ?? [])]) watcher();
  }

  private async until(about: string, condition: () => boolean, what: () => string): Promise<void> {
    if (condition()) return;
    const { promise, resolve, reject } = withResolvers();
    const watcher = () => {
      if (condition()) resolve();
    };
    const timer = setTimeout(() => reject(new Error(`Waited in vain for ${what()}`)), PATIENCE);
    void this.exit.then(() => reject(new Error(`The server exited before ${what()}\n${this.output}`)));
    const watchers = this.watchers.get(about) ?? new Set();
    this.watchers.set(about, watchers.add(watcher));
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      watchers.delete(watcher);
      if (watchers.size === 0) this.watchers.delete(about);
    }
  }
}

function withResolvers() {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((...settlers) => ([resolve, reject] = settlers));
  return { promise, resolve, reject };
}
