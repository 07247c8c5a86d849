import { expect, it, jest } from '@jest/globals';

it('loadRedis() answers a missing package with the command that installs it', async () => {
  jest.unstable_mockModule('redis', () => {
    throw new Error("Cannot find package 'redis'");
  });
  const { loadRedis } = await import('./redis-client.js');
  await expect(loadRedis()).rejects.toMatchObject({
    code: 'SSE_BACKPLANE',
    message: expect.stringContaining('npm install redis'),
  });
});
