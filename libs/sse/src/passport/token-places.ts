/** Where a token may stand in a request. */
export type SseJwtPlace = 'header' | 'cookie' | 'query';

/** What is used of a request, whatever the platform. */
export interface SseJwtRequest {
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of a cookie parser, if the application has one. */
  readonly cookies?: unknown;
  /** The parsed query of the URL. */
  readonly query?: unknown;
  /** What the guard leaves for those who come after it. */
  user?: unknown;
  /** For the log. */
  readonly method?: string;
  /** For the log. */
  readonly url?: string;
  /** For the log. */
  readonly ip?: string;
}

/** Where to look, and under which names. */
export interface TokenNames {
  readonly from: readonly SseJwtPlace[];
  readonly cookie: string;
  readonly queryParameter: string;
}

const FINDERS: Readonly<Record<SseJwtPlace, (request: SseJwtRequest, names: TokenNames) => string | undefined>> = {
  header: inHeader,
  cookie: inCookie,
  query: inQuery,
};

export const PLACES = Object.keys(FINDERS) as readonly SseJwtPlace[];

/** The token of a request, from the first place that has one. */
export function tokenIn(request: SseJwtRequest, names: TokenNames): string | undefined {
  for (const place of names.from) {
    const token = FINDERS[place](request, names);
    if (token) return token;
  }
  return undefined;
}

/** Not passport-jwt's extractor: its pattern takes half a second for a header of 16 kB without a space. */
function inHeader({ headers }: SseJwtRequest): string | undefined {
  const { authorization } = headers;
  return typeof authorization === 'string' ? /^Bearer +(\S+) *$/i.exec(authorization)?.[1] : undefined;
}

function inCookie({ headers, cookies }: SseJwtRequest, { cookie: name }: TokenNames): string | undefined {
  if (cookies) return textOf(cookies, name);
  // Nothing needs to be decoded: a token is made of characters that a cookie can hold.
  const pairs = typeof headers.cookie === 'string' ? headers.cookie.split(';') : [];
  const pair = pairs.map((text) => text.trim()).find((text) => text.startsWith(`${name}=`));
  return pair?.slice(name.length + 1).replace(/^"(.*)"$/, '$1');
}

/** A parameter that is given twice is a list, and no token. */
function inQuery({ query }: SseJwtRequest, { queryParameter }: TokenNames): string | undefined {
  return textOf(query, queryParameter);
}

function textOf(values: unknown, name: string): string | undefined {
  const value = typeof values === 'object' && values !== null ? (values as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
