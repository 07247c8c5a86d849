import { describe, expect, it, jest } from '@jest/globals';
import { type CanActivate, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { SseModule, SseOptionsError } from '../index.js';
import { type SseDashboardOptions } from './sse-dashboard-options.js';
import { SseDashboardModule } from './sse-dashboard.module.js';

class YesGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

/** What the dashboard's module warns of at the start. */
async function warningsOf(options?: SseDashboardOptions): Promise<string[]> {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const imports = [SseModule.forRoot(), SseDashboardModule.register(options)];
  const module = await Test.createTestingModule({ imports }).compile();
  module.useLogger(false);
  await module.init();
  await module.close();
  const messages = warn.mock.calls.map(([message]) => String(message));
  warn.mockRestore();
  return messages.filter((message) => message.includes('dashboard'));
}

describe('SseDashboardModule', () => {
  it('warns of a dashboard without guards, with where it is and how to mend it', async () => {
    const [warning] = await warningsOf({ path: 'streams' });
    expect(warning).toContain('The dashboard at /streams has no guards');
    expect(warning).toContain('SseDashboardModule.register({ guards: [YourGuard] })');
    expect(await warningsOf()).toHaveLength(1);
    expect(await warningsOf({ guards: [] })).toHaveLength(1);
  });

  it.each([[YesGuard], [new YesGuard()]])('does not where it has one', async (guard) => {
    expect(await warningsOf({ guards: [guard] })).toEqual([]);
  });

  it.each(['', '/', '//', 'a//b', '/:tenant/streams', 'streams/*', 'a b', '<b>', 'a?b', 7, null])(
    'takes no path such as %j',
    (path) => {
      expect(() => SseDashboardModule.register({ path: path as string })).toThrow(SseOptionsError);
    },
  );

  it('takes no guard that is none, and no option that it does not have', () => {
    expect(() => SseDashboardModule.register({ guards: [{} as CanActivate] })).toThrow('@UseGuards');
    expect(() => SseDashboardModule.register({ guard: YesGuard } as SseDashboardOptions)).toThrow('dashboard.guard');
  });
});
