import { SseBackplaneError } from '../backplane/sse-backplane-error.js';

/** What Redis says when it refuses, and what to do about it. */
const CAUSES: readonly (readonly [code: RegExp, explanation: string])[] = [
  [
    /\bOOM\b/,
    'it is out of memory (OOM): raise its maxmemory, or lower history.maxEvents, history.maxAge or messageQueue.maxPerUser',
  ],
  [
    /\bREADONLY\b/,
    'it is a replica, which is read-only (READONLY): connect to its primary, by a name that follows fail-overs',
  ],
  [
    /\b(NOAUTH|WRONGPASS)\b|invalid (username-)?password|without any password configured/i,
    'it asks for another user or password: put them into the url (redis://user:password@host) or the options of the client',
  ],
  [/\bMISCONF\b/, 'it takes no writes because it can not save its data (MISCONF): look at its log and its disk'],
  [/\b(LOADING|MASTERDOWN)\b/, 'it is still loading its data: this ends by itself'],
  [
    /\bWRONGTYPE\b/,
    'keys under this prefix belong to another application (WRONGTYPE): give redisBackplane() a prefix of its own',
  ],
  [
    /\bNOPERM\b/,
    'its user may not do this (NOPERM): allow it the keys and channels of the prefix, and the commands of @scripting, @read, @write and @pubsub, INFO and TIME',
  ],
  [/\b(CLUSTERDOWN|MOVED|TRYAGAIN|ASK)\b/, 'the cluster has no server for our keys at present: look at CLUSTER INFO'],
  [/\bBUSY\b/, 'it is busy with a script of somebody else (BUSY)'],
  [
    /\b(ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)\b/,
    'nobody answers: is it running, is the url right?',
  ],
];

/** Puts an error of Redis or of the way to it into words: what was wanted, where, why it is not so, and what to do. */
export function backplaneError(what: string, error: unknown): SseBackplaneError {
  if (error instanceof SseBackplaneError) return error;
  return new SseBackplaneError(`${what}: ${explain(error)}`, { cause: error });
}

export function explain(error: unknown): string {
  const text = textOf(error);
  const explanation = CAUSES.find(([code]) => code.test(text))?.[1];
  return explanation ? `${explanation} (${text})` : text;
}

/** The connection is worth nothing after this reply: another server has to be found, or the same one has to recover. */
export function isAboutServer(error: unknown): boolean {
  return /\b(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|MOVED|ASK)\b/.test(textOf(error));
}

export function isScriptUnknown(error: unknown): boolean {
  return /\bNOSCRIPT\b/.test(textOf(error));
}

/** The text with its code; of several errors (one for each address that was tried) all. */
export function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(textOf).join(', ');
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SseBackplaneError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return code && !error.message.includes(code) ? `${error.message} (${code})` : error.message || error.name;
}
