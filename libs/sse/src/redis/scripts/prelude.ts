/**
 * What every script begins with. `open_log()` finds out which log this is, and begins a new one where numbers might be
 * given out twice: after it, `log` holds `epoch`, `gen`, `seq`, `floor` and the key `lasts`.
 *
 * The head of the log is a hash: `epoch` names the log, `gen` counts the logs, `seq` is the counter, `base` what it was
 * when the log began, `floor` the number up to which channels were forgotten, `run` the server's run when it was written.
 *
 * All keys have one hash tag, so that a cluster keeps them on one server; that of the head names it.
 */
export const PRELUDE = /* lua */ `
local HEAD = KEYS[1]
local SEEN_GEN, SEEN_EPOCH, SEEN_SEQ, HIGHEST_SEEN = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local OFFERED_EPOCH, PERSISTENCE, PUBLISH, PREFIX = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local log = {}

-- Numbers are doubles here, and above 1e14 tostring() rounds them.
local function int(number)
  return string.format('%.0f', number)
end

local function engine_time()
  local now = redis.call('TIME')
  return tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
end

local function lasts_of(epoch)
  return PREFIX .. 'lasts:' .. epoch
end

-- A key that was evicted, or that somebody deleted: previous ids would begin again at 0, and holes would not be seen.
local function lasts_are_lost()
  return log.seq > log.base and redis.call('EXISTS', log.lasts) == 0
end

-- A restart or a fail-over may have lost what was acknowledged, unless the owner declared that it can't.
local function may_have_lost_data(run)
  return log.run ~= run and PERSISTENCE ~= 'always'
end

-- The caller has seen more than there is: this is older data.
local function is_behind_caller()
  if SEEN_GEN ~= log.gen then return SEEN_GEN > log.gen end
  return SEEN_EPOCH ~= log.epoch or SEEN_SEQ > log.seq
end

local function read_head()
  local head = redis.call('HMGET', HEAD, 'epoch', 'gen', 'seq', 'base', 'floor', 'run')
  local epoch = head[1] and string.match(head[1], '^%w+$')
  log.gen, log.seq = tonumber(head[2] or 0) or 0, tonumber(head[3] or 0) or 0
  log.base, log.floor, log.run = tonumber(head[4] or 0) or 0, tonumber(head[5] or 0) or 0, head[6]
  log.epoch, log.lasts = epoch, epoch and lasts_of(epoch)
end

-- Numbers go on from the highest that anybody has seen: they grow within one set of data, whatever the log is called.
local function begin_log(run)
  if log.epoch then redis.call('UNLINK', log.lasts) end
  log.gen = math.max(log.gen, SEEN_GEN) + 1
  log.seq = math.max(log.seq, HIGHEST_SEEN)
  log.base, log.floor, log.epoch, log.lasts = log.seq, 0, OFFERED_EPOCH, lasts_of(OFFERED_EPOCH)
  redis.call('HSET', HEAD, 'epoch', log.epoch, 'gen', int(log.gen), 'seq', int(log.seq), 'base', int(log.base),
    'floor', '0', 'run', run)
end

local function open_log()
  read_head()
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
  if not log.epoch or may_have_lost_data(run) or is_behind_caller() or lasts_are_lost() then
    return begin_log(run)
  end
  if log.run ~= run then redis.call('HSET', HEAD, 'run', run) end
  if log.seq < HIGHEST_SEEN then
    -- Whoever began this log had not seen as much of the last one as the caller has.
    if log.seq == log.base then redis.call('HSET', HEAD, 'base', int(HIGHEST_SEEN)) end
    redis.call('HSET', HEAD, 'seq', int(HIGHEST_SEEN))
    log.seq = HIGHEST_SEEN
  end
end

-- Every reply begins with where the log stands.
local function reply(...)
  return { int(log.gen), log.epoch, int(log.seq), ... }
end

local function stream_of(channel)
  return PREFIX .. 'log:' .. log.epoch .. ':' .. channel
end

local function topic_of(channel)
  return PREFIX .. 'channel:' .. channel
end

-- The number of a channel's last message. Where it was forgotten, it is not higher than the floor.
local function last_of(channel)
  return redis.call('ZSCORE', log.lasts, channel) or int(log.floor)
end
`;
