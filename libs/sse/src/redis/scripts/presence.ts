import { luaScript } from './lua-script.js';

/**
 * `nodes` is a sorted set of the nodes by the end of their leases. A seat is a user's place in a channel, held by a node:
 * `seats:<node>` names them, `members:<channel>` tells of each, and `present:<channel>` counts a user's nodes. Who makes
 * that count begin or end announces it.
 */
const PRESENCE = /* lua */ `
local NODES, PAYLOADS = PREFIX .. 'nodes', PREFIX .. 'payloads'
open_log()
local now = engine_time()

local function seats_of(node)
  return PREFIX .. 'seats:' .. node
end

local function is_leased(node)
  local ends_at = redis.call('ZSCORE', NODES, node)
  return ends_at and tonumber(ends_at) > now
end

local function take_seat(node, channel, user, connections, since)
  local is_new = redis.call('HSET', PREFIX .. 'members:' .. channel, node .. ' ' .. user, connections .. ' ' .. since) == 1
  if not is_new then return end
  redis.call('SADD', seats_of(node), #channel .. ':' .. channel .. user)
  if redis.call('HINCRBY', PREFIX .. 'present:' .. channel, user, 1) == 1 then
    redis.call(PUBLISH, topic_of(channel), '1p join ' .. user)
  end
end

local function leave_seat(node, channel, user)
  if redis.call('HDEL', PREFIX .. 'members:' .. channel, node .. ' ' .. user) == 0 then return end
  redis.call('SREM', seats_of(node), #channel .. ':' .. channel .. user)
  if redis.call('HINCRBY', PREFIX .. 'present:' .. channel, user, -1) > 0 then return end
  redis.call('HDEL', PREFIX .. 'present:' .. channel, user)
  redis.call(PUBLISH, topic_of(channel), '1p leave ' .. user)
end
`;

/**
 * Renews a node's lease. Says `new` where there is none, so that the node registers its members; `expired` while the
 * members of the lease that ended are still being removed.
 */
export const RENEW_SCRIPT = luaScript(
  'renew',
  /* lua */ `${PRESENCE}
local NODE, LEASE, PAYLOAD = ARGV[9], tonumber(ARGV[10]), ARGV[11]
local ends_at = redis.call('ZSCORE', NODES, NODE)
if ends_at and not is_leased(NODE) then return reply('expired') end
redis.call('ZADD', NODES, int(now + LEASE), NODE)
redis.call('HSET', PAYLOADS, NODE, PAYLOAD)
return reply(ends_at and 'renewed' or 'new')
`,
  { repeatable: true },
);

/** Lets a node's lease end soon. */
export const LEAVE_SCRIPT = luaScript(
  'leave',
  /* lua */ `${PRESENCE}
local NODE, GRACE = ARGV[9], tonumber(ARGV[10])
if is_leased(NODE) then redis.call('ZADD', NODES, 'LT', int(now + GRACE), NODE) end
return reply()
`,
  { repeatable: true },
);

/** Sets what a node has of users in channels. Says `expired` if it holds no lease. */
export const SEATS_SCRIPT = luaScript(
  'seats',
  /* lua */ `${PRESENCE}
local NODE = ARGV[9]
if not is_leased(NODE) then return reply('expired') end
for index = 10, #ARGV, 4 do
  local channel, user, connections, since = ARGV[index], ARGV[index + 1], ARGV[index + 2], ARGV[index + 3]
  if connections == '0' then leave_seat(NODE, channel, user) else take_seat(NODE, channel, user, connections, since) end
end
return reply('done')
`,
  { repeatable: true },
);

/** Removes members of one node whose lease has ended, so many at once. Returns whether there is more to remove. */
export const EXPIRE_SCRIPT = luaScript(
  'expire',
  /* lua */ `${PRESENCE}
local LIMIT = tonumber(ARGV[9])
local node = redis.call('ZRANGEBYSCORE', NODES, '-inf', int(now), 'LIMIT', 0, 1)[1]
if not node then return reply(0) end
local seats = redis.call('SPOP', seats_of(node), LIMIT)
for _, seat in ipairs(seats) do
  local length, rest = string.match(seat, '^(%d+):(.*)$')
  leave_seat(node, string.sub(rest, 1, tonumber(length)), string.sub(rest, tonumber(length) + 1))
end
if #seats == LIMIT then return reply(1) end
redis.call('ZREM', NODES, node)
redis.call('HDEL', PAYLOADS, node)
return reply(redis.call('ZCOUNT', NODES, '-inf', int(now)))
`,
  { repeatable: true },
);

/** The members of a channel as nodes told them, and the nodes whose lease holds. */
export const MEMBERS_SCRIPT = luaScript(
  'members',
  /* lua */ `${PRESENCE}
return reply(redis.call('HGETALL', PREFIX .. 'members:' .. ARGV[9]),
  redis.call('ZRANGEBYSCORE', NODES, '(' .. int(now), '+inf'))
`,
  { repeatable: true },
);

/** The nodes whose lease holds, each followed by what it says of itself. */
export const NODES_SCRIPT = luaScript(
  'nodes',
  /* lua */ `${PRESENCE}
local nodes = {}
for _, node in ipairs(redis.call('ZRANGEBYSCORE', NODES, '(' .. int(now), '+inf')) do
  nodes[#nodes + 1] = node
  nodes[#nodes + 1] = redis.call('HGET', PAYLOADS, node) or 'null'
end
return reply(nodes)
`,
  { repeatable: true },
);
