import { type Piece } from '../../protocol/piece.js';

/** What compression has saved since the start, over all connections that asked for it. */
export class CompressionTraffic {
  /** Bytes of the events that were sent compressed. */
  plainBytes = 0;
  /** What they took on the wire. */
  wireBytes = 0;

  count(plain: Piece, compressed: Piece): void {
    this.plainBytes += plain.bytes;
    this.wireBytes += compressed.bytes;
  }
}
