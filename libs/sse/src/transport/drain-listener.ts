import { type Writable } from 'node:stream';

/** Calls back once when a stream that was full has room again. Made only while a client does not read: most never stop. */
export class DrainListener {
  constructor(
    private readonly stream: Writable,
    private readonly drained: () => void,
  ) {
    stream.on('drain', this.onDrain);
  }

  stop(): void {
    this.stream.off('drain', this.onDrain);
  }

  private readonly onDrain = () => {
    this.stop();
    this.drained();
  };
}
