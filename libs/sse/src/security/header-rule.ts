import { type RawRequest } from '../transport/http-exchange.js';
import { type RequestRule } from './request-rule.js';

const DEFAULT: readonly string[] = ['user-agent', 'accept'];

/** Headers that must be there and not be empty. */
export function headerRule(headers: true | readonly string[]): RequestRule {
  const names = (headers === true ? DEFAULT : headers).map((name) => name.toLowerCase());
  return ({ request }) => {
    const missing = names.find((name) => !valueOf(name, request)?.length);
    return missing && `the header ${missing} is missing or empty`;
  };
}

function valueOf(name: string, { headers }: RawRequest): string | string[] | undefined {
  // HTTP/2 has another name for it (RFC 9113, section 8.3.1).
  return headers[name] ?? (name === 'host' ? headers[':authority'] : undefined);
}
