import { createHash } from 'node:crypto';
import { identityFromJson, type SseIdentity } from '../options/sse-identity.js';

/** What a ticket stands for, as the backplane keeps it for all nodes. */
export interface TicketRecord {
  readonly identity: SseIdentity;
  /** The path that it is good for. Default: any. */
  readonly route?: string;
  /** It opens one stream, and no reconnect of it. */
  readonly oneUse: boolean;
  /** How long it was good for its first use when it was issued, in milliseconds. */
  readonly ttl: number;
  /** Its uses are numbered from 1. This is the last one that opened a stream, as far as is known here; or 0. */
  readonly lastUse: number;
}

/** Nodes of another version may share the engine: what they wrote in another form is no ticket here. */
const VERSION = 1;
/** 32 bytes as base64url. */
const TICKET = /^[\w-]{43}$/;

/** Where a ticket is kept: under its hash, so that whoever reads the engine can't use it. Nothing if it can't be one. */
export function ticketKey(ticket: string): string | undefined {
  return TICKET.test(ticket) ? `ticket.${createHash('sha256').update(ticket).digest('base64url')}` : undefined;
}

export function writeTicket(record: TicketRecord): string {
  return JSON.stringify({ version: VERSION, ...record });
}

export function readTicket(text: string): TicketRecord | undefined {
  const { version, identity, ...rest } = JSON.parse(text) as TicketRecord & { version: number };
  return version === VERSION ? { identity: identityFromJson(identity), ...rest } : undefined;
}

/** So many milliseconds, but not past the end of the identity. */
export function lifeOf({ identity }: Pick<TicketRecord, 'identity'>, milliseconds: number): number {
  const { expiresAt } = identity;
  return Math.floor(expiresAt ? Math.min(milliseconds, expiresAt.getTime() - Date.now()) : milliseconds);
}
