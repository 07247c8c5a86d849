import { describe, expect, it } from '@jest/globals';
import { type ExecutionContext } from '@nestjs/common';
import { HttpExchange } from '../transport/http-exchange.js';
import { headerRule } from './header-rule.js';
import { type RequestRule } from './request-rule.js';

/** What the rule says of a request with these headers. */
async function problemOf(rule: RequestRule, headers: Record<string, string | undefined>) {
  return rule(new HttpExchange({ ip: '192.0.2.1', headers }, {}), {} as ExecutionContext);
}

describe('headerRule()', () => {
  it.each<[true | string[], Record<string, string>, string | undefined]>([
    [true, { 'user-agent': 'x', accept: '*/*' }, undefined],
    [true, { accept: '*/*' }, 'the header user-agent is missing or empty'],
    [true, { 'user-agent': 'x', accept: '' }, 'the header accept is missing or empty'],
    [['X-Requested-With'], { 'x-requested-with': 'page' }, undefined],
    [['X-Requested-With'], { accept: '*/*' }, 'the header x-requested-with is missing or empty'],
    [['Host'], { host: 'example.com' }, undefined],
    [['Host'], { ':authority': 'example.com' }, undefined],
    [['Host'], {}, 'the header host is missing or empty'],
    [[], {}, undefined],
  ])('%j, %j', async (rule, headers, problem) => {
    expect(await problemOf(headerRule(rule), headers)).toBe(problem);
  });
});
