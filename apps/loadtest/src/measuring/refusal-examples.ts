import { type StreamSocket } from '../reading/stream-socket.js';

const LONGEST = 160;

/** The first answer of each status that was no event stream: what it says is often all that one needs to know. */
export class RefusalExamples {
  readonly #lines = new Map<number, string>();

  take({ head, refusal }: StreamSocket): void {
    if (head === undefined || this.#lines.has(head.status)) return;
    this.#lines.set(head.status, lineOf(head.status, head.header('location'), head.header('content-type'), refusal));
  }

  get lines(): string[] {
    return [...this.#lines.values()];
  }
}

function lineOf(status: number, location?: string, type?: string, body = ''): string {
  if (status >= 300 && status < 400 && location !== undefined) {
    const target = JSON.stringify(location.slice(0, LONGEST));
    return `Refused by ${status}: a redirect to ${target} is not followed, since only the URLs given are asked. Give that one.`;
  }
  if (status === 204)
    return 'Refused by 204: the server has ended the stream for good, and EventSource does not come back.';
  const said = body.trim() === '' ? '' : ` It said: ${JSON.stringify(body.trim().slice(0, LONGEST))}`;
  if (status === 200) return `Refused by 200: the answer is ${type ?? 'of no type'} and not text/event-stream.${said}`;
  return said === '' ? `Refused by ${status}.` : `Refused by ${status}.${said}`;
}
