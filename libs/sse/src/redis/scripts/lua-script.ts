import { createHash } from 'node:crypto';
import { PRELUDE } from './prelude.js';

/** A script that Redis runs atomically, as it is sent and as it is called. */
export interface LuaScript {
  /** What it is for, in errors. */
  readonly name: string;
  readonly text: string;
  /** The name under which Redis caches it. */
  readonly sha: string;
  /** It changes nothing that matters: after an unknown outcome it is simply run again. */
  readonly repeatable: boolean;
}

/** Puts a script together: each begins with the prelude, which opens the log. */
export function luaScript(name: string, body: string, { repeatable = false } = {}): LuaScript {
  const text = `${PRELUDE}\n${body}`;
  return { name, text, sha: createHash('sha1').update(text).digest('hex'), repeatable };
}
