/** What the server refused, with its own words. Status 0: it could not be reached. */
export class RequestFailed extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const TIMEOUT = 10_000;

export const get = (path) => request('GET', path);
export const post = (path, body = {}) => request('POST', path, body);
export const del = (path) => request('DELETE', path, {});

async function request(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT),
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new RequestFailed(0, 'The server can not be reached at the moment');
  }
  const text = await response.text();
  const answer = text === '' ? undefined : parse(text);
  if (!response.ok)
    throw new RequestFailed(response.status, reasonIn(answer) ?? `The server answered ${response.status}`);
  return answer;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonIn(answer) {
  const message = answer?.message;
  return Array.isArray(message) ? message.join('. ') : message;
}
