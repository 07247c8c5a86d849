import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { ChatApplication, type Person, type PersonStream } from '../../apps/chat/src/testing/chat-application.js';
import { RedisServer } from '../harness/redis-server.js';
import { BrowserPool } from './browser-pool.js';
import { ADMIN_PASSWORD, CHAT_ENVIRONMENT, ChatServer, type ChatServerInit } from './chat-server.js';
import { ChatTab } from './chat-tab.js';
import { CuttableLink } from './cuttable-link.js';

export const screenshots = fileURLToPath(new URL('../screenshots/', import.meta.url));
export const laptop = { width: 1280, height: 800 };

export interface PersonInit extends BrowserContextOptions {
  /** Of a node that is not this test's chat. */
  url?: string;
  /** Of an admin. */
  password?: string;
}

/** Where the people of a test meet: a chat of its own for each test, and browsers, which the next test uses again. */
export function useChatStage(): ChatStage {
  const stage = new ChatStage();
  beforeAll(() => stage.build());
  beforeEach(async () => {
    stage.chat = await stage.newChat();
  });
  afterEach(async () => {
    const faults = await stage.clear();
    expect(faults).toEqual([]);
  });
  afterAll(() => stage.close());
  return stage;
}

export class ChatStage {
  /** The chat of this test, in this process. What is to be killed or stopped runs in one of its own: `newNode()`. */
  chat!: ChatApplication;
  private browsers!: BrowserPool;
  private readonly tabs: ChatTab[] = [];
  private readonly streams: PersonStream[] = [];
  private readonly links: CuttableLink[] = [];
  private readonly chats: ChatApplication[] = [];
  private readonly nodes: ChatServer[] = [];
  private readonly engines: RedisServer[] = [];

  async build(): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    this.browsers = await BrowserPool.launch();
  }

  close(): Promise<void> {
    return this.browsers.close();
  }

  /** Ends all that a test has begun, and tells what must never have happened on its pages. */
  async clear(): Promise<string[]> {
    await this.browsers.empty();
    const tabs = this.tabs.splice(0);
    await Promise.all(tabs.map((tab) => tab.release()));
    for (const one of [...this.streams.splice(0), ...this.links.splice(0)]) one.close();
    await Promise.all([
      ...this.chats.splice(0).map((chat) => chat.close()),
      ...this.nodes.splice(0).map((node) => node.kill()),
    ]);
    await Promise.all(this.engines.splice(0).map((redis) => redis.stop()));
    return tabs.flatMap(({ faults }) => faults);
  }

  /** A browser of its own: other cookies, other connections. */
  readonly newBrowser = (options: BrowserContextOptions = { viewport: laptop }): Promise<BrowserContext> =>
    this.browsers.take(options);

  readonly newTab = async (context: BrowserContext): Promise<ChatTab> => {
    const tab = await ChatTab.of(await this.browsers.newPage(context));
    this.tabs.push(tab);
    return tab;
  };

  /** Somebody with a browser of his own. */
  readonly person = async (name: string, { url, password, ...options }: PersonInit = {}): Promise<ChatTab> => {
    const tab = await this.newTab(await this.newBrowser({ viewport: laptop, ...options }));
    return tab.signIn(url ?? this.chat.url, name, password);
  };

  readonly admin = (name: string, init: PersonInit = {}): Promise<ChatTab> =>
    this.person(name, { password: ADMIN_PASSWORD, ...init });

  /** Somebody who is here and whose page nobody looks at: he needs no browser. */
  readonly extra = async (name: string): Promise<Person> => {
    const one = await this.chat.person(name);
    this.streams.push(await one.stream('lobby'));
    return one;
  };

  readonly userIdOf = async ({ page }: ChatTab): Promise<string> => {
    const answer = await page.context().request.get(`${this.chat.url}/session`);
    return ((await answer.json()) as { userId: string }).userId;
  };

  readonly newLink = async ({ url }: { url: string }): Promise<CuttableLink> => {
    const link = await CuttableLink.to(Number(new URL(url).port));
    this.links.push(link);
    return link;
  };

  readonly newChat = async (env: NodeJS.ProcessEnv = {}): Promise<ChatApplication> => {
    const chat = await ChatApplication.start({ ...CHAT_ENVIRONMENT, ...env });
    this.chats.push(chat);
    return chat;
  };

  readonly newNode = async (init?: ChatServerInit): Promise<ChatServer> => this.known(await ChatServer.start(init));

  readonly restarted = async (node: ChatServer): Promise<ChatServer> => this.known(await node.restart());

  readonly newRedis = async (): Promise<RedisServer> => {
    const redis = await RedisServer.start();
    this.engines.push(redis);
    return redis;
  };

  private known(node: ChatServer): ChatServer {
    this.nodes.push(node);
    return node;
  }
}
