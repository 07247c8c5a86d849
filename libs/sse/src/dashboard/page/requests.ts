/** An answer that is no success. */
export class AnswerError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const PATIENCE = 10_000;

/** @throws AnswerError for any status but success, another Error where the server can't be reached */
export async function get<Answer>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const search = new URLSearchParams(query).toString();
  return ask<Answer>(search === '' ? path : `${path}?${search}`, { headers: { accept: 'application/json' } });
}

/** As above, for what changes something. The header shows that it was this page that asked. */
export async function post<Answer>(path: string, body: object): Promise<Answer> {
  const headers = { accept: 'application/json', 'content-type': 'application/json', 'x-sse-dashboard': 'page' };
  return ask<Answer>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(path, { ...init, credentials: 'same-origin', redirect: 'error', signal });
  if (!response.ok) throw new AnswerError(response.status, await reasonOf(response));
  return (await response.json()) as Answer;
}

async function reasonOf(response: Response): Promise<string> {
  if (response.status === 401 || response.status === 403) return 'You are not allowed to see this, or not any more.';
  const fallback = `The server answers ${response.status}.`;
  try {
    const { message } = (await response.json()) as { message?: unknown };
    return typeof message === 'string' ? message : fallback;
  } catch {
    return fallback;
  }
}
