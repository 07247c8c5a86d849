import { describe, expect, it, jest } from '@jest/globals';

describe('loadPrometheus()', () => {
  it('answers a missing prom-client with the command that installs it', async () => {
    jest.unstable_mockModule('prom-client', () => {
      throw new Error("Cannot find package 'prom-client'");
    });
    const { loadPrometheus } = await import('./prometheus-package.js');

    await expect(loadPrometheus()).rejects.toMatchObject({
      code: 'SSE_PACKAGE',
      message: expect.stringContaining('npm install prom-client'),
      cause: expect.objectContaining({ message: "Cannot find package 'prom-client'" }),
    });
  });
});
