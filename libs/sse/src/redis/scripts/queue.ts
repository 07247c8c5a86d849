import { luaScript } from './lua-script.js';

/**
 * A queue is a stream; beside it a sorted set says when each message expires, and a hash how often it was sent. Keys of
 * queues have no epoch: they outlive the log.
 */
const QUEUE = /* lua */ `
local USER = ARGV[9]
local queue, ends, tries = PREFIX .. 'queue:' .. USER, PREFIX .. 'ends:' .. USER, PREFIX .. 'tries:' .. USER
open_log()

-- Takes a message out of the queue; returns its entry and its tries.
local function remove(number)
  local entry = redis.call('XRANGE', queue, number .. '-0', number .. '-0')[1]
  local attempts = redis.call('HGET', tries, number) or '0'
  redis.call('XDEL', queue, number .. '-0')
  redis.call('ZREM', ends, number)
  redis.call('HDEL', tries, number)
  return entry and { entry, attempts }
end
`;

/** The next messages, with their tries, and what has expired, which is removed. */
export const QUEUED_SCRIPT = luaScript(
  'queued',
  /* lua */ `${QUEUE}
local AFTER, COUNT = ARGV[10], ARGV[11]
local expired = {}
for _, number in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', int(engine_time()))) do
  expired[#expired + 1] = remove(number) or nil
end
local entries = redis.call('XRANGE', queue, '(' .. AFTER .. '-0', '+', 'COUNT', COUNT)
local messages = {}
for index, entry in ipairs(entries) do
  messages[index] = { entry, redis.call('HGET', tries, string.match(entry[1], '^%d+')) or '0' }
end
return reply(messages, expired)
`,
);

/** Counts a try for each of these. Returns those that had as many as they may, which are removed. */
export const ATTEMPT_SCRIPT = luaScript(
  'attempt',
  /* lua */ `${QUEUE}
local MAX_ATTEMPTS, TTL = tonumber(ARGV[10]), ARGV[11]
local dead = {}
for index = 12, #ARGV do
  local number = ARGV[index]
  if redis.call('ZSCORE', ends, number) then
    if tonumber(redis.call('HGET', tries, number) or 0) >= MAX_ATTEMPTS then
      dead[#dead + 1] = remove(number) or nil
    else
      redis.call('HINCRBY', tries, number, 1)
    end
  end
end
if redis.call('EXISTS', tries) == 1 then redis.call('PEXPIRE', tries, TTL) end
return reply(dead)
`,
);

/** Removes what is of a log up to a number, and returns how many that were. */
export const TAKEN_SCRIPT = luaScript(
  'taken',
  /* lua */ `${QUEUE}
local EPOCH, THROUGH = ARGV[10], tonumber(ARGV[11])
local taken = 0
for _, number in ipairs(redis.call('ZRANGE', ends, 0, -1)) do
  local entry = tonumber(number) <= THROUGH and redis.call('XRANGE', queue, number .. '-0', number .. '-0')[1]
  if entry and entry[2][4] == EPOCH then
    redis.call('XDEL', queue, number .. '-0')
    redis.call('ZREM', ends, number)
    redis.call('HDEL', tries, number)
    taken = taken + 1
  end
end
return reply(taken)
`,
);

/** How many wait. */
export const QUEUE_SIZE_SCRIPT = luaScript(
  'queue size',
  /* lua */ `${QUEUE}
return reply(redis.call('ZCOUNT', ends, '(' .. int(engine_time()), '+inf'))
`,
  { repeatable: true },
);

/** Empties the queue, and returns how many that were. */
export const CLEAR_QUEUE_SCRIPT = luaScript(
  'clear queue',
  /* lua */ `${QUEUE}
local size = redis.call('XLEN', queue)
redis.call('UNLINK', queue, ends, tries)
return reply(size)
`,
);
