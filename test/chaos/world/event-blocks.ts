/** What a browser makes of one block of an event stream, also of one that fires no event. */
export interface EventBlock {
  /** The `id:` line; a block that has nothing else still moves the cursor. */
  readonly id?: string;
  readonly type: string;
  /** Absent where the block fires no event. */
  readonly data?: string;
}

/**
 * Reads an event stream as the standard says. A block that is cut off is none.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventBlocks {
  private readonly decoder = new TextDecoder();
  private rest = '';
  private id: string | undefined;
  private type = '';
  private data: string[] = [];

  constructor(
    private readonly onBlock: (block: EventBlock) => void,
    private readonly onRetry: (milliseconds: number) => void,
  ) {}

  read(bytes: Uint8Array): void {
    const lines = (this.rest + this.decoder.decode(bytes, { stream: true })).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.readLine(line.replace(/\r$/, ''));
  }

  private readLine(line: string): void {
    if (line === '') {
      this.endBlock();
      return;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'data') this.data.push(value);
    else if (field === 'event') this.type = value;
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.onRetry(Number(value));
  }

  private endBlock(): void {
    const { id, type, data } = this;
    this.id = undefined;
    this.type = '';
    this.data = [];
    if (id === undefined && data.length === 0) return;
    this.onBlock({ id, type: type || 'message', ...(data.length > 0 ? { data: data.join('\n') } : {}) });
  }
}
