/** The status line and the headers of an answer, kept as one string: a stream is asked for a header once or never. */
export class ResponseHead {
  readonly status: number;
  readonly httpVersion: string;

  /** @throws {SyntaxError} when the text does not begin with an HTTP/1 status line */
  constructor(readonly text: string) {
    const match = /^HTTP\/(1\.[01]) ([1-5]\d\d)(?: |\r\n)/.exec(text);
    if (!match) throw new SyntaxError(`Not an HTTP/1 answer: ${JSON.stringify(text.slice(0, 40))}`);
    this.httpVersion = match[1] ?? '';
    this.status = Number(match[2]);
  }

  /** The value of the first header of this name, in any case of letters. */
  header(name: string): string | undefined {
    const wanted = `${name.toLowerCase()}:`;
    for (const line of this.text.split('\r\n')) {
      if (line.slice(0, wanted.length).toLowerCase() === wanted) return line.slice(wanted.length).trim();
    }
    return undefined;
  }

  /** Whether the answer is one that EventSource would keep open. */
  get isEventStream(): boolean {
    return this.status === 200 && /^text\/event-stream *(;|$)/i.test(this.header('content-type') ?? '');
  }
}
