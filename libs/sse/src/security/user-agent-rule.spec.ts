import { describe, expect, it } from '@jest/globals';
import { type ExecutionContext } from '@nestjs/common';
import { type SseUserAgentRules } from '../options/sse-request-rules.js';
import { HttpExchange } from '../transport/http-exchange.js';
import { type RequestRule } from './request-rule.js';
import { userAgentRule } from './user-agent-rule.js';

/** What the rule says of a request with these headers. */
async function problemOf(rule: RequestRule, headers: Record<string, string | undefined>) {
  return rule(new HttpExchange({ ip: '192.0.2.1', headers }, {}), {} as ExecutionContext);
}

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0';

describe('userAgentRule()', () => {
  it.each<[true | SseUserAgentRules, string | undefined, string | undefined]>([
    [true, FIREFOX, undefined],
    [true, 'ten-charac', undefined],
    [true, undefined, 'less than 10 characters'],
    [true, '', 'less than 10 characters'],
    [true, 'curl/8.10', 'less than 10 characters'],
    [true, 'Mozilla/5.0 (compatible; GoogleBOT/2.1)', 'contains "bot"'],
    [true, 'A-Crawler/1.0', 'contains "crawler"'],
    [true, 'JavaScript-Client/1.0', 'contains "script"'],
    [{ minLength: 0 }, undefined, undefined],
    [{ minLength: 0 }, 'bot', 'contains "bot"'],
    [{ minLength: 3, refuse: [] }, 'bot', undefined],
    [{ refuse: ['CURL'] }, 'curl/8.10.100', 'contains "curl"'],
    [{ refuse: ['curl'] }, 'a robot, for sure', undefined],
    [{ refuse: [/^curl\/[1-7]\./i, /bad/] }, 'CURL/7.88.100', 'matches /^curl\\/[1-7]\\./i'],
    [{ refuse: [/^curl\/[1-7]\./i, /bad/] }, 'CURL/8.88.100', undefined],
  ])('%j, %j', async (rules, agent, problem) => {
    const found = await problemOf(userAgentRule(rules), { 'user-agent': agent });

    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
  });

  it.each([/headless/g, /headless/y, /headless/gy])(
    '%s matches each time, though it remembers where it was',
    async (expression) => {
      const rule = userAgentRule({ refuse: [expression] });

      for (let times = 0; times < 3; times++) {
        expect(await problemOf(rule, { 'user-agent': 'headless/1.0' })).toContain('matches');
      }
    },
  );

  it('shows a bounded part of it in the log, and nothing that a terminal obeys', async () => {
    const problem = await problemOf(userAgentRule(true), { 'user-agent': `\u001b]0;bot\u0007${'x'.repeat(100_000)}` });

    expect(problem!.length).toBeLessThan(300);
    expect(problem).not.toMatch(/\p{Cc}/u);
  });
});
