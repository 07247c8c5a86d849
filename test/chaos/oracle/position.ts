/** Where an id stands: in which log, at which number. Parsed here anew, since the library is what is tested. */
export interface Position {
  readonly epoch: string;
  readonly sequence: number;
}

export function positionOf(id: string | undefined): Position | undefined {
  const [, epoch, digits] = /^([0-9A-Za-z]+)-(\d+)$/.exec(id ?? '') ?? [];
  return epoch === undefined ? undefined : { epoch, sequence: Number(digits) };
}

/** Below the cursor, in the same log. */
export function isBelow(position: Position, cursor: Position | undefined): boolean {
  return cursor?.epoch === position.epoch && position.sequence < cursor.sequence;
}

export function isSame(position: Position, cursor: Position | undefined): boolean {
  return cursor?.epoch === position.epoch && position.sequence === cursor.sequence;
}

export function formatted(position: Position | undefined): string {
  return position ? `${position.epoch}-${position.sequence}` : 'nowhere';
}
