export type ViolationKind =
  /** A recorded event that a client was promised never came, and its cursor never got past it. */
  | 'lost'
  /** A client's cursor moved past an event that it never got, untold. */
  | 'gap'
  /** A client got the same event again, untold. */
  | 'duplicate'
  /** An id at or below the client's cursor. */
  | 'order'
  /** One publish was recorded as two events. */
  | 'twice'
  /** One id stands for two events. */
  | 'id-reused'
  /** An event, or the name, of a channel that the client is not on. */
  | 'stranger'
  /** An event from which the client's user was excluded. */
  | 'excluded'
  /** Events left out by policy, and no `sse:dropped` that tells so. */
  | 'untold'
  /** A queued message that none of its user's clients ever got. */
  | 'not-taken'
  /** What can't be true of any event: nobody published it, or it has an id where none belongs. */
  | 'malformed'
  /** A client that did not get to the end after everything was mended. */
  | 'stuck';

/** Something that must not happen. */
export interface Violation {
  readonly kind: ViolationKind;
  /** What, in words. */
  readonly text: string;
  /** The event that it is about. */
  readonly token?: number;
  /** Whose, and where in its trace. */
  readonly client?: string;
  readonly entry?: number;
}
