/** What goes on beside a connection for as long as it lives, one of each kind. */
export type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];

export const ATTACHMENT_KINDS = ['departure', 'heartbeat', 'age', 'expiry', 'source', 'receipt'] as const;

/** Something that goes on beside a connection and ends with it. */
export interface Attachment {
  /** Called once, when the connection has ended. */
  release(): void;
}
