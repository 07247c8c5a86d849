import { luaScript } from './lua-script.js';

/** Where the log stands. */
export const OPEN_SCRIPT = luaScript('open', /* lua */ `open_log() return reply()`, { repeatable: true });

/**
 * Sends where the log stands to the node that asks, through its own topic, so that it arrives among the messages in
 * their order: everything up to this number was sent to it before.
 *
 * With it go the channels that moved since the node last looked, those that were silent for longest first, and the last
 * numbers of channels that it has just subscribed to.
 */
export const MARK_SCRIPT = luaScript(
  'mark',
  /* lua */ `
local TOPIC, TOKEN, VERIFIED, LIMIT = ARGV[9], ARGV[10], ARGV[11], tonumber(ARGV[12])
open_log()
local moved = redis.call('ZRANGEBYSCORE', log.lasts, '(' .. VERIFIED, '+inf', 'WITHSCORES', 'LIMIT', 0, LIMIT)
local through = #moved == 2 * LIMIT and moved[#moved] or int(log.seq)
local joining = {}
for index = 13, #ARGV do
  joining[#joining + 1] = ARGV[index]
  joining[#joining + 1] = last_of(ARGV[index])
end

-- An empty table would become an object.
local function json(list)
  return #list == 0 and '[]' or cjson.encode(list)
end

redis.call(PUBLISH, TOPIC, '1s ' .. int(log.gen) .. ' ' .. log.epoch .. ' ' .. int(log.seq) .. ' ' .. TOKEN
  .. ' ' .. through .. ' [' .. json(moved) .. ',' .. json(joining) .. ']')
return reply()
`,
  { repeatable: true },
);

/** The last number of each of these channels. */
export const LASTS_SCRIPT = luaScript(
  'lasts',
  /* lua */ `
open_log()
local lasts = {}
for index = 9, #ARGV do lasts[#lasts + 1] = last_of(ARGV[index]) end
return reply(lasts)
`,
  { repeatable: true },
);

/**
 * What channels have between two numbers, the first one excluded. Each is followed by the number up to which the caller
 * has it. Its answer begins with the number up to which something of it is gone: that before the first message that is
 * left, or where that one should have come earlier, where the caller is.
 */
export const WINDOW_SCRIPT = luaScript(
  'window',
  /* lua */ `
local AFTER, THROUGH = ARGV[9], ARGV[10]
open_log()

local function gone_through(channel, known)
  local first = redis.call('XRANGE', stream_of(channel), '(' .. known .. '-0', '+', 'COUNT', 1)[1]
  if not first then return last_of(channel) end
  if tonumber(string.match(first[1], '^%d+')) <= tonumber(AFTER) then return AFTER end
  return first[2][4] or ''
end

local answers = {}
for index = 11, #ARGV, 2 do
  local entries = redis.call('XRANGE', stream_of(ARGV[index]), '(' .. AFTER .. '-0', THROUGH .. '-0')
  answers[#answers + 1] = { gone_through(ARGV[index], ARGV[index + 1]), entries }
end
return reply(int(engine_time()), answers)
`,
  { repeatable: true },
);

/** What is retained of a channel behind a number, so many messages at once. */
export const HISTORY_SCRIPT = luaScript(
  'history',
  /* lua */ `
local CHANNEL, AFTER, COUNT = ARGV[9], ARGV[10], ARGV[11]
open_log()
local entries = redis.call('XRANGE', stream_of(CHANNEL), '(' .. AFTER .. '-0', '+', 'COUNT', COUNT)
return reply(int(engine_time()), last_of(CHANNEL), entries)
`,
  { repeatable: true },
);
