import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type RedisBackplaneOptions } from 'nestjs-event-stream/redis';
import { RedisServer, type RedisServerInit } from '../harness/redis-server.js';
import { RecordingNode } from './recording-node.js';
import { RedisLink } from './redis-link.js';

/** What is not about time-outs is not to fail by one on a busy machine. */
const PATIENCE = 10_000;

/** Makes what a test needs of its own; everything is let go of after it. No test may break the rules of delivery. */
export function useRedis() {
  const nodes: RecordingNode[] = [];
  const links: RedisLink[] = [];
  const servers: RedisServer[] = [];
  let count = 0;
  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterAll(() => {
    Logger.overrideLogger(['log', 'warn', 'error']);
  });
  afterEach(async () => {
    const violations = nodes.flatMap((node) => node.violations);
    for (const link of links) link.mend();
    await Promise.all(nodes.splice(0).map((node) => node.backplane.close()));
    for (const link of links.splice(0)) link.close();
    for (const server of servers.splice(0)) await server.stop();
    expect(violations).toEqual([]);
  });

  return {
    async redis(init?: RedisServerInit): Promise<RedisServer> {
      const server = await RedisServer.start(init);
      servers.push(server);
      return server;
    },
    async link(server: RedisServer): Promise<RedisLink> {
      const link = await RedisLink.to(server.port);
      links.push(link);
      return link;
    },
    async node(
      at: { url: string },
      options: Partial<RedisBackplaneOptions> = {},
      history = {},
    ): Promise<RecordingNode> {
      const id = `node-${++count}`;
      const node = await RecordingNode.start(id, { url: at.url, publishTimeout: PATIENCE, ...options }, history);
      nodes.push(node);
      return node;
    },
    /** Forgets a node that the test has closed, or abandoned, itself. */
    forget(node: RecordingNode): void {
      nodes.splice(nodes.indexOf(node), 1);
    },
  };
}
