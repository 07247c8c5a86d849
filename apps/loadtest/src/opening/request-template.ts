import { channelName } from './channel-name.js';
import { fillPlaceholders, hasPlaceholder, type Placeholders } from './fill-placeholders.js';
import { type PreparedRequest, prepareRequest, RequestError } from './stream-request.js';
import { type TokenSource } from './token-source.js';

/** As a rule the name of a program says who asks, and rules of servers want one. */
const USER_AGENT = 'nestjs-event-stream-loadtest';
/** By these a server knows an EventSource of a browser. */
const OF_A_BROWSER = {
  'User-Agent': `Mozilla/5.0 (compatible; ${USER_AGENT})`,
  'Sec-Fetch-Mode': 'cors',
  'Sec-Fetch-Dest': 'empty',
  'Sec-Fetch-Site': 'same-origin',
  'Cache-Control': 'no-cache',
};

/** What is asked of the server by all streams; URL, headers and body may hold `{n}`, `{token}` and `{channel}`. */
export interface RequestPlan {
  /** Streams take them in turns. */
  urls: readonly string[];
  method: string;
  headers: Readonly<Record<string, string>>;
  cookies: readonly string[];
  body?: string;
  asBrowser: boolean;
  gzip: boolean;
  channels: number;
}

/** Makes the request of each stream. Where all ask the same, each URL has one for all of its streams. */
export class RequestTemplate {
  readonly #headers: Readonly<Record<string, string>>;
  readonly #differ: boolean;
  readonly #prepared: (PreparedRequest | undefined)[] = [];

  /** @throws {RequestError} when a URL or a header can't be sent, or a token is wanted and none is to be had */
  constructor(
    private readonly plan: RequestPlan,
    private readonly tokens?: TokenSource,
  ) {
    this.#headers = headersOf(plan, tokens !== undefined);
    const texts = [...plan.urls, ...Object.values(this.#headers), plan.body ?? ''];
    if (tokens === undefined && texts.some((text) => text.includes('{token}'))) {
      throw new RequestError('{token} stands for nothing: give --token-command or --tokens-from');
    }
    this.#differ = texts.some(hasPlaceholder);
    for (const index of plan.urls.keys()) this.#prepare(index, tokens && 'token');
  }

  readonly requestFor = (index: number): PreparedRequest | Promise<PreparedRequest> => {
    if (this.tokens) return this.tokens.next(index).then((token) => this.#prepare(index, token));
    if (this.#differ) return this.#prepare(index);
    return (this.#prepared[index % this.plan.urls.length] ??= this.#prepare(index));
  };

  #prepare(index: number, token?: string): PreparedRequest {
    const { urls, method, body, channels } = this.plan;
    const values: Placeholders = {
      n: String(index),
      channel: channelName(index, channels),
      ...(token !== undefined && { token }),
    };
    return prepareRequest({
      url: fillPlaceholders(urls[index % urls.length] ?? '', values, encodeURIComponent),
      method,
      headers: Object.fromEntries(
        Object.entries(this.#headers).map(([name, value]) => [name, fillPlaceholders(value, values)]),
      ),
      body: body === undefined ? undefined : fillPlaceholders(body, values),
    });
  }
}

function headersOf(plan: RequestPlan, hasTokens: boolean): Record<string, string> {
  const given = Object.keys(plan.headers).map((name) => name.toLowerCase());
  const isPlaced = [...plan.urls, ...Object.values(plan.headers), ...plan.cookies, plan.body ?? ''].some((text) =>
    text.includes('{token}'),
  );
  if (hasTokens && !isPlaced && given.includes('authorization')) {
    throw new RequestError("Two Authorizations: say where the token goes, such as --header 'X-Token: {token}'");
  }
  const headers: Record<string, string> = {
    ...(plan.asBrowser ? OF_A_BROWSER : { 'User-Agent': USER_AGENT }),
    ...(plan.gzip && { 'Accept-Encoding': 'gzip' }),
    ...(plan.cookies.length > 0 && { Cookie: plan.cookies.join('; ') }),
    ...(hasTokens && !isPlaced && { Authorization: 'Bearer {token}' }),
  };
  // A header that was given takes the place of ours, whatever the case of its letters.
  const ours = Object.entries(headers).filter(([name]) => !given.includes(name.toLowerCase()));
  return { ...Object.fromEntries(ours), ...plan.headers };
}
