import { describe, expect, it, jest } from '@jest/globals';

describe('loadTerminus()', () => {
  it('answers a missing @nestjs/terminus with the command that installs it', async () => {
    jest.unstable_mockModule('@nestjs/terminus', () => {
      throw new Error("Cannot find package '@nestjs/terminus'");
    });
    const { loadTerminus } = await import('./terminus-package.js');

    await expect(loadTerminus()).rejects.toMatchObject({
      code: 'SSE_PACKAGE',
      message: expect.stringContaining('npm install @nestjs/terminus'),
      cause: expect.objectContaining({ message: "Cannot find package '@nestjs/terminus'" }),
    });
  });
});
