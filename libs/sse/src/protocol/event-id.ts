/** A place in the log of all recorded events of an application. */
export interface LogPosition {
  /** Names the log: numbers of another log mean nothing in this one. */
  readonly epoch: string;
  /** Counts every recorded event of the application, whatever its channel. 0 before the first. */
  readonly sequence: number;
}

const EVENT_ID = /^([0-9A-Za-z]{1,32})-(0|[1-9][0-9]{0,15})$/;

/** `<epoch>-<sequence>`: one such id says where a client stands on all its channels. */
export function formatEventId({ epoch, sequence }: LogPosition): string {
  return `${epoch}-${sequence}`;
}

/** The position that an id names, or nothing if it is none of ours, whatever a client sent. */
export function parseEventId(id: string): LogPosition | undefined {
  const [, epoch, digits] = EVENT_ID.exec(id) ?? [];
  const sequence = Number(digits);
  return epoch !== undefined && Number.isSafeInteger(sequence) ? { epoch, sequence } : undefined;
}
