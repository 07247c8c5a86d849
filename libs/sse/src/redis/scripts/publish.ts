import { luaScript } from './lua-script.js';

/** Of so many channels the last number is kept. Those that were silent for the longest are forgotten first. */
const MAX_CHANNELS = 100_000;
/** How long the id of an idempotency key is kept, in milliseconds. */
const IDEMPOTENCY_TTL = 3_600_000;
/** Of so many publishes of a node the ids are kept, for those that are sent again: more are never under way. */
export const REMEMBERED_PUBLISHES = 1_024;
/** The oldest messages that one publish looks at: more than the one it adds, so that what is too old goes in the end. */
const AGED_AT_ONCE = 4;

/**
 * Publishes a message in one step: its number, its record, the last number of its channel, the message to all nodes, and
 * where it is queued its place in the user's queue.
 *
 * A publish whose reply was lost is sent again under the same number of its node, and does nothing the second time.
 */
export const PUBLISH_SCRIPT = luaScript(
  'publish',
  /* lua */ `
local SENDER, NUMBER, PREDECESSOR, FIRST_SENT_IN = ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local SENT_TTL, IDEMPOTENCY_KEY = ARGV[13], ARGV[14]
local CHANNEL, MESSAGE, IS_RECORDED = ARGV[15], ARGV[16], ARGV[17] == '1'
local MAX_EVENTS, MAX_AGE = tonumber(ARGV[18]), tonumber(ARGV[19])
local USER, MAX_PER_USER, TTL, QUEUE_TTL = ARGV[20], tonumber(ARGV[21]), tonumber(ARGV[22]), ARGV[23]

open_log()
local sent = PREFIX .. 'sent:' .. SENDER
local id = redis.call('HGET', sent, NUMBER)
if id then return reply('done', id) end
-- The one before it has not been run, for instance because the scripts were flushed: the order must not change.
if PREDECESSOR ~= '' and redis.call('HEXISTS', sent, PREDECESSOR) == 0 then return reply('early') end
-- It may have been published before the log was lost, to whoever was listening then.
if FIRST_SENT_IN ~= '' and FIRST_SENT_IN ~= log.epoch then return reply('unknown') end

local function remember(published)
  redis.call('HSET', sent, NUMBER, published)
  redis.call('HDEL', sent, int(tonumber(NUMBER) - ${REMEMBERED_PUBLISHES}))
  redis.call('PEXPIRE', sent, SENT_TTL)
end

local idempotency = IDEMPOTENCY_KEY ~= '' and PREFIX .. 'once:' .. IDEMPOTENCY_KEY
if idempotency then
  id = redis.call('GET', idempotency)
  if id then
    remember(id)
    return reply('done', id)
  end
end

local now = engine_time()
local stream = stream_of(CHANNEL)
local queue, ends, tries = PREFIX .. 'queue:' .. USER, PREFIX .. 'ends:' .. USER, PREFIX .. 'tries:' .. USER

-- The last number of a channel that was forgotten may still be known to its stream.
local function previous_of_channel()
  local last = redis.call('ZSCORE', log.lasts, CHANNEL)
  if last then return last end
  local entry = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  return entry and string.match(entry[1], '^%d+') or int(log.floor)
end

local function trim_by_age()
  for _ = 1, ${AGED_AT_ONCE} do
    local entry = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
    local recorded_at = entry and tonumber(entry[2][6])
    if not recorded_at or recorded_at + MAX_AGE > now then return end
    redis.call('XDEL', stream, entry[1])
  end
end

local function forget_old_channels()
  if redis.call('ZCARD', log.lasts) <= ${MAX_CHANNELS} then return end
  local forgotten = redis.call('ZPOPMIN', log.lasts)
  redis.call('HSET', HEAD, 'floor', forgotten[2])
end

-- Numbers of one queue grow, also where the head was lost and the queue was not.
local function next_number()
  local newest = USER ~= '' and redis.call('XREVRANGE', queue, '+', '-', 'COUNT', 1)[1]
  local taken = newest and tonumber(string.match(newest[1], '^%d+')) or 0
  return math.max(log.seq, taken) + 1
end

local function record()
  -- What is read comes first: an error of another application's data leaves nothing half done.
  local previous = previous_of_channel()
  if MAX_EVENTS > 0 then trim_by_age() end
  log.seq = next_number()
  redis.call('HSET', HEAD, 'seq', int(log.seq))
  if MAX_EVENTS > 0 then
    redis.call('XADD', stream, 'MAXLEN', '=', MAX_EVENTS, int(log.seq) .. '-0',
      'v', '1', 'p', previous, 't', int(now), 'm', MESSAGE)
    redis.call('PEXPIRE', stream, MAX_AGE)
  end
  redis.call('ZADD', log.lasts, int(log.seq), CHANNEL)
  forget_old_channels()
  return previous
end

-- Returns what had to give way, as stream entries, each followed by its tries and whether it had expired.
local function enqueue(seq)
  redis.call('XADD', queue, seq .. '-0', 'v', '1', 'e', log.epoch, 't', int(now), 'm', MESSAGE)
  redis.call('ZADD', ends, int(now + TTL), seq)
  for _, key in ipairs({ queue, ends, tries }) do redis.call('PEXPIRE', key, QUEUE_TTL) end
  local dead = {}
  while redis.call('XLEN', queue) > MAX_PER_USER do
    local oldest = redis.call('XRANGE', queue, '-', '+', 'COUNT', 1)[1]
    local number = string.match(oldest[1], '^%d+')
    local ends_at = tonumber(redis.call('ZSCORE', ends, number) or 0)
    dead[#dead + 1] = { oldest, redis.call('HGET', tries, number) or '0', ends_at <= now and 'expired' or 'overflow' }
    redis.call('XDEL', queue, oldest[1])
    redis.call('ZREM', ends, number)
    redis.call('HDEL', tries, number)
  end
  return dead
end

local dead = {}
if IS_RECORDED then
  local previous = record()
  local seq = int(log.seq)
  id = log.epoch .. '-' .. seq
  if USER ~= '' then dead = enqueue(seq) end
  redis.call(PUBLISH, topic_of(CHANNEL),
    '1m ' .. int(log.gen) .. ' ' .. log.epoch .. ' ' .. seq .. ' ' .. previous .. ' ' .. MESSAGE)
else
  id = ''
  redis.call(PUBLISH, topic_of(CHANNEL), '1e ' .. MESSAGE)
end
if idempotency then redis.call('SET', idempotency, id, 'PX', ${IDEMPOTENCY_TTL}) end
remember(id)
return reply('done', id, dead)
`,
);
