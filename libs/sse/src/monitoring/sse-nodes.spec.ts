import { describe, expect, it, jest } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { ConnectionRegistry, SseMetrics, SseModule, SseNodes } from '../index.js';

describe('SseNodes', () => {
  it('looks at no connection for what a node says of itself again and again', async () => {
    const application = await Test.createTestingModule({ imports: [SseModule.forRoot({})] }).compile();
    const all = jest.spyOn(application.get(ConnectionRegistry), 'all');
    expect(application.get(SseNodes).own()).toMatchObject({ connections: 0, level: 'normal', shedding: 'none' });
    expect(all).not.toHaveBeenCalled();
    application.get(SseMetrics).snapshot();
    expect(all).toHaveBeenCalledTimes(1);
    await application.close();
  });
});
