/** What a request may carry: see `SseTestInit.body`. */
export interface EncodedBody {
  /** The `Content-Type` that fits, unless the test has one of its own. */
  readonly type?: string;
  /** A stream can be sent once only. */
  readonly content: string | Uint8Array | AsyncIterable<Uint8Array | string> | undefined;
}

/** Forms and blobs as fetch sends them, with its boundaries; any other object as JSON. */
export async function encodeBody(body: unknown): Promise<EncodedBody> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return { content: body };
  if (body instanceof URLSearchParams || body instanceof FormData || body instanceof Blob) {
    const encoded = new Response(body);
    const type = encoded.headers.get('content-type') ?? undefined;
    return { type, content: new Uint8Array(await encoded.arrayBuffer()) };
  }
  if (body instanceof ArrayBuffer) return { content: new Uint8Array(body) };
  if (isStream(body)) return { content: body };
  return { type: 'application/json', content: JSON.stringify(body) };
}

export function isStream(body: unknown): body is AsyncIterable<Uint8Array | string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
