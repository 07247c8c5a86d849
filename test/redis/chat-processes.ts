import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ChatServer } from '../browser/chat-server.js';
import { freePort } from '../harness/redis-server.js';
import { Scrape } from '../harness/scrape.js';

export const PROCESSES = 2;
const PATIENCE = 15_000;

/** The chat with two processes on one port, each of which has another port of its own. */
export class ChatProcesses {
  private constructor(
    private readonly chat: ChatServer,
    private readonly firstPort: number,
  ) {}

  static async start(redis: string): Promise<ChatProcesses> {
    const firstPort = await freePorts();
    // No password: the first process makes one, for all.
    const env = { PROCESSES: String(PROCESSES), PROCESS_PORT: String(firstPort), ADMIN_PASSWORD: '' };
    return new ChatProcesses(await ChatServer.start({ redis, env }), firstPort);
  }

  /** Where any of the processes answers. */
  get url(): string {
    return this.chat.url;
  }

  /** Where one process alone answers. */
  urlOf(place: number): string {
    return `http://127.0.0.1:${this.firstPort + place}`;
  }

  /** What it has told whoever started it. */
  get output(): string {
    return this.chat.output();
  }

  /** The ids of the processes, the oldest first. */
  async pids(): Promise<number[]> {
    const { pid } = this.chat;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return children.trim().split(' ').filter(Boolean).map(Number);
  }

  /** What the process in this place calls itself, once there is one that is not called `after`. */
  async nodeIn(place: number, after?: string): Promise<string> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      if (performance.now() > deadline) throw new Error(`No other process came after ${after} in place ${place}`);
      const answer = await fetch(`${this.urlOf(place)}/health/live`).catch(() => undefined);
      const node = answer && ((await answer.json()) as { sse: { node: string } }).sse.node;
      if (node !== undefined && node !== after) return node;
      await delay(20);
    }
  }

  /** How many streams each process has. */
  async streams(): Promise<number[]> {
    const scrapes = Array.from({ length: PROCESSES }, (_, place) => Scrape.of(this.urlOf(place)));
    return (await Promise.all(scrapes)).map((scrape) => scrape.value('sse_connections'));
  }

  renew(): void {
    this.chat.signal('SIGUSR2');
  }

  stop(): Promise<number | NodeJS.Signals | null> {
    return this.chat.stop();
  }

  kill(): Promise<void> {
    return this.chat.kill();
  }
}

/** The first of as many ports in a row that nobody listens on. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = await freePort();
    const servers = Array.from({ length: PROCESSES }, (_, place) => createServer().listen(first + place));
    const free = await Promise.all(servers.map(listens));
    for (const server of servers) server.close();
    if (!free.includes(false)) return first;
  }
}

function listens(server: Server): Promise<boolean> {
  return once(server, 'listening').then(
    () => true,
    () => false,
  );
}
