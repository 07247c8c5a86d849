const TEXT = 1;

/**
 * Reads what a WebSocket server sends: the answer to the upgrade, then frames, which are never masked in this direction.
 * It knows whole text frames only; Socket.IO sends no others unless it is given binary data.
 */
export class WebSocketReader {
  #rest: Buffer | undefined;
  #isUpgraded = false;

  constructor(private readonly onText: (bytes: Buffer, start: number, end: number) => void) {}

  /** @param bytes good until this returns */
  read(bytes: Buffer): void {
    const all = this.#rest ? Buffer.concat([this.#rest, bytes]) : bytes;
    const end = this.#isUpgraded ? this.#readFrames(all, 0) : this.#readUpgrade(all);
    this.#rest = end < all.length ? Buffer.from(all.subarray(end)) : undefined;
  }

  #readUpgrade(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1) return 0;
    const status = bytes.toString('latin1', 0, 12);
    if (status !== 'HTTP/1.1 101') throw new Error(`No upgrade to WebSocket: ${status}`);
    this.#isUpgraded = true;
    return this.#readFrames(bytes, end + 4);
  }

  /** Returns where the first frame begins that is not complete. */
  #readFrames(bytes: Buffer, at: number): number {
    while (at + 2 <= bytes.length) {
      const kind = bytes.readUInt8(at);
      let length = bytes.readUInt8(at + 1);
      let start = at + 2;
      if (length === 126) {
        start += 2;
        if (start > bytes.length) return at;
        length = bytes.readUInt16BE(at + 2);
      }
      if (length === 127 || kind !== (0x80 | TEXT)) throw new Error(`A frame that is not expected: ${kind}, ${length}`);
      if (start + length > bytes.length) return at;
      this.onText(bytes, start, start + length);
      at = start + length;
    }
    return at;
  }
}
