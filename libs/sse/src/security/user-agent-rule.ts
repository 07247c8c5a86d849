import { type SseUserAgentRules } from '../options/sse-request-rules.js';
import { clientText } from '../protocol/client-text.js';
import { type RequestRule } from './request-rule.js';

const MIN_LENGTH = 10;
const REFUSED: readonly string[] = ['bot', 'crawler', 'script'];

/** What the `User-Agent` must be like. Whoever wants to can send any. */
export function userAgentRule(rules: true | SseUserAgentRules): RequestRule {
  const { minLength = MIN_LENGTH, refuse = REFUSED } = rules === true ? {} : rules;
  const words = refuse.filter((item) => typeof item === 'string').map((word) => word.toLowerCase());
  const patterns = refuse.filter((item) => item instanceof RegExp);
  return ({ request }) => {
    const agent = request.headers['user-agent'] ?? '';
    const shown = `the User-Agent "${clientText(agent)}"`;
    if (agent.length < minLength) return `${shown} has less than ${minLength} characters`;
    const lower = agent.toLowerCase();
    const word = words.find((each) => lower.includes(each));
    if (word !== undefined) return `${shown} contains "${word}"`;
    // Unlike test(), it begins at the start each time, also where the expression is global.
    const pattern = patterns.find((each) => agent.search(each) >= 0);
    return pattern && `${shown} matches ${String(pattern)}`;
  };
}
