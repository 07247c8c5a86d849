import { beforeEach, describe, expect, it, jest } from '@jest/globals';

const PACKAGES = ['@nestjs/passport', 'passport-jwt'];

describe('loadPassport()', () => {
  beforeEach(() => {
    jest.resetModules();
  });

  it.each(PACKAGES)('answers a missing %s with the command that installs it', async (missing) => {
    for (const name of PACKAGES) {
      jest.unstable_mockModule(name, () => {
        if (name === missing) throw new Error(`Cannot find package '${name}'`);
        return { PassportStrategy: undefined, default: {} };
      });
    }
    const { loadPassport } = await import('./passport-packages.js');

    await expect(loadPassport()).rejects.toMatchObject({
      code: 'SSE_PACKAGE',
      message: expect.stringContaining('npm install @nestjs/passport passport passport-jwt'),
      cause: expect.objectContaining({ message: `Cannot find package '${missing}'` }),
    });
  });
});
