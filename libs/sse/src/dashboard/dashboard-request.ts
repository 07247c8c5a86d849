/** What is read of a request, of Express and of Fastify. */
export interface DashboardRequest {
  readonly url: string;
  /** As the client wrote it, also below routers that cut off their part. */
  readonly originalUrl?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As the platform has parsed it. */
  readonly body?: unknown;
  /** What a guard has left. */
  readonly user?: unknown;
}

/** The address that was asked for: its path and its query are read here, and by no parser of the platform's. */
export function addressOf({ originalUrl, url }: DashboardRequest): URL {
  // As text behind a name, since "//" at its beginning would be one.
  return new URL(`http://dashboard${originalUrl ?? url}`);
}

export function headerOf({ headers }: DashboardRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value.join(', ') : value;
}

/** Who asks, as the guards have found out, for the log. */
export function requesterOf({ user }: DashboardRequest): string {
  if (typeof user !== 'object' || user === null) return 'somebody unknown';
  const { userId, id, sub } = user as Record<string, unknown>;
  const name = userId ?? id ?? sub;
  return typeof name === 'string' || typeof name === 'number' ? quoted(String(name)) : 'somebody unknown';
}

/** Names are what users made them: in a log they are to stay on their line. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
