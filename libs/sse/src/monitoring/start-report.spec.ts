import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { InProcessBackplane } from '../backplane/in-process-backplane.js';
import { SseMetrics, SseModule, type SseModuleOptions } from '../index.js';

describe('StartReport', () => {
  let module: TestingModule;
  afterEach(async () => {
    jest.restoreAllMocks();
    await module.close();
  });

  /** What is logged when an application with these options starts, and the id of its node. */
  async function start(options: SseModuleOptions) {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
    module = await Test.createTestingModule({ imports: [SseModule.forRoot(options)] }).compile();
    await module.init();
    const lines = log.mock.calls.map(([text]) => String(text)).filter((text) => text.startsWith('Event streams'));
    return { lines, node: module.get(SseMetrics).snapshot().node };
  }

  it('is one line that says which node this is, with the defaults', async () => {
    const { lines, node } = await start({});

    expect(lines).toEqual([
      `Event streams ready node=${node} backplane=in-process maxConnections=5000 heartbeat=30000ms`,
    ]);
  });

  it('names the backplane that was chosen, and what is switched off', async () => {
    class OwnBackplane extends InProcessBackplane {}
    const { lines, node } = await start({
      backplane: () => new OwnBackplane(),
      connections: { max: null },
      heartbeat: false,
    });

    expect(lines).toEqual([
      `Event streams ready node=${node} backplane=OwnBackplane maxConnections=unlimited heartbeat=off`,
    ]);
  });
});
