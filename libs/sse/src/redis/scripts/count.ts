import { luaScript } from './lua-script.js';

/** Counts a call in a window that the first one begins. Returns the count, and how long the window lasts. */
export const COUNT_SCRIPT = luaScript(
  'count',
  /* lua */ `
open_log()
local RECORD, WINDOW = PREFIX .. 'count:' .. ARGV[9], ARGV[10]
local count = redis.call('INCR', RECORD)
if count == 1 then redis.call('PEXPIRE', RECORD, WINDOW) end
return reply(count, redis.call('PTTL', RECORD))
`,
);
