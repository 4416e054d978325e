import { defineScript } from './script.ts';

// An artifact carries the full names of the keys that know about it. Those that hold many artifacts hold the ends
// of their names only (model and id): Redis packs a list tightly as long as no member is over 64 bytes. All share
// the tenant's hash tag. Moments come from Redis' own clock, the one that expires the keys.
const SHARED = `
local PLACES = { 'grant', 'uid', 'account' }

local function tenantOf(key) return string.match(key, '^pw:{[^}]*}:') end
local function memberOf(artifact) return string.sub(artifact, #tenantOf(artifact) + #'artifact:' + 1) end

local function membersOf(index)
  local artifacts = {}
  for i, member in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    artifacts[i] = tenantOf(index) .. 'artifact:' .. member
  end
  return artifacts
end

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function enter(index, artifact, expiresAt)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', now())
  redis.call('ZADD', index, expiresAt, memberOf(artifact))
  local last = redis.call('ZREVRANGE', index, 0, 0, 'WITHSCORES')
  redis.call('PEXPIREAT', index, last[2])
end

local function leave(place, name, artifact)
  if not name then return end
  if place ~= 'uid' then redis.call('ZREM', name, memberOf(artifact))
  elseif redis.call('GET', name) == artifact then redis.call('DEL', name) end
end

local function drop(artifact)
  local names = redis.call('HMGET', artifact, unpack(PLACES))
  for i, place in ipairs(PLACES) do leave(place, names[i], artifact) end
  return redis.call('DEL', artifact)
end

-- Of an artifact, or of the second name of one.
local function tombstoneOf(name)
  local tenant = tenantOf(name)
  return tenant .. 'ended:' .. string.match(string.sub(name, #tenant + 1), '^%a+:(.*)$')
end

local function bury(name, keep) redis.call('SET', tombstoneOf(name), '1', 'PX', keep) end

-- By both of its names: a request under way may go on under a new id.
local function endSession(session, keep)
  local uid = redis.call('HGET', session, 'uid')
  if drop(session) == 0 then return end
  bury(session, keep)
  if uid then bury(uid, keep) end
end

local function endGrant(holdings, tombstone, keep)
  for _, artifact in ipairs(membersOf(holdings)) do drop(artifact) end
  redis.call('DEL', holdings)
  redis.call('SET', tombstone, '1', 'PX', keep)
end
`;

/**
 * KEYS: artifact, grant's tombstone, session's tombstone, grant, uid, account, replaced session. ARGV: payload, ttl in
 * ms, then six times '1' or '' saying which of the KEYS after the first counts (those that don't repeat the first),
 * which of the two tombstones the artifact carries, and how long tombstones stay in ms. Answers as `UpsertResult`.
 */
export const UPSERT = defineScript(`${SHARED}
local artifact, ttl = KEYS[1], tonumber(ARGV[2])
if ARGV[3] == '1' and redis.call('EXISTS', KEYS[2]) == 1 then return 'grant-revoked' end
if ARGV[4] == '1' then
  if redis.call('EXISTS', KEYS[3]) == 1 then return 'session-ended' end
  if ARGV[6] == '1' and redis.call('EXISTS', tombstoneOf(KEYS[5])) == 1 then return 'session-ended' end
end
if ARGV[8] == '1' and drop(KEYS[7]) == 1 then bury(KEYS[7], ARGV[10]) end
if ttl <= 0 then drop(artifact) return 'stored' end
local expiresAt = now() + ttl
local before = redis.call('HMGET', artifact, unpack(PLACES))
redis.call('HSET', artifact, 'payload', ARGV[1])
for i, place in ipairs(PLACES) do
  local name = ARGV[4 + i] == '1' and KEYS[3 + i]
  if before[i] and before[i] ~= name then
    leave(place, before[i], artifact)
    redis.call('HDEL', artifact, place)
  end
  if name then
    redis.call('HSET', artifact, place, name)
    if place == 'uid' then redis.call('SET', name, artifact, 'PX', ttl)
    else enter(name, artifact, expiresAt) end
  end
end
redis.call('HDEL', artifact, 'expiresAt')
if ARGV[9] ~= '' then redis.call('HSET', artifact, 'ended', KEYS[tonumber(ARGV[9])]) end
redis.call('PEXPIREAT', artifact, expiresAt)
return 'stored'
`);

/** KEYS: uid. ARGV: the fields asked for. Answers them of the artifact it leads to; nothing when there is none. */
export const FIND_BY_UID = defineScript(`
local artifact = redis.call('GET', KEYS[1])
if not artifact then return false end
return redis.call('HMGET', artifact, unpack(ARGV))
`);

/**
 * KEYS: artifact. ARGV: the fields asked for, the payload first. Answers them of the artifact, of the grant and of the
 * session that its payload names; nothing when there is no artifact.
 */
export const FIND_IN_CONTEXT = defineScript(`
local function fieldsOf(key) return redis.call('HMGET', key, unpack(ARGV)) end
local artifact = fieldsOf(KEYS[1])
if not artifact[1] then return false end
local tenant, payload = string.match(KEYS[1], '^pw:{[^}]*}:'), cjson.decode(artifact[1])
local grant, session = false, false
if type(payload.grantId) == 'string' then grant = fieldsOf(tenant .. 'artifact:Grant:' .. payload.grantId) end
if type(payload.sessionUid) == 'string' then
  local key = redis.call('GET', tenant .. 'uid:Session:' .. payload.sessionUid)
  if key then session = fieldsOf(key) end
end
return { artifact, grant, session }
`);

/** KEYS: artifact. ARGV: ttl in ms, the moment in ms it ends by the caller's clock. Answers 1, or 0 when gone. */
export const EXTEND = defineScript(`${SHARED}
local artifact, ttl = KEYS[1], tonumber(ARGV[1])
if redis.call('EXISTS', artifact) == 0 then return 0 end
if ttl <= 0 then return drop(artifact) end
local expiresAt = now() + ttl
for i, name in ipairs(redis.call('HMGET', artifact, unpack(PLACES))) do
  if name and PLACES[i] ~= 'uid' then enter(name, artifact, expiresAt)
  elseif name and redis.call('GET', name) == artifact then redis.call('PEXPIREAT', name, expiresAt) end
end
redis.call('HSET', artifact, 'expiresAt', ARGV[2])
redis.call('PEXPIREAT', artifact, expiresAt)
return 1
`);

/** KEYS: artifact. ARGV: now, grace, both in ms. Answers as `ConsumeResult`. */
export const CONSUME = defineScript(`
local state = redis.call('HMGET', KEYS[1], 'payload', 'uses', 'firstUsedAt')
if not state[1] then return 'gone' end
local uses = tonumber(state[2] or '0')
if uses == 0 then
  redis.call('HSET', KEYS[1], 'uses', 1, 'firstUsedAt', ARGV[1])
  return 'won'
end
if uses == 1 and math.abs(tonumber(ARGV[1]) - tonumber(state[3])) < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'uses', 2)
  return 'repeated'
end
return 'lost'
`);

/** KEYS: artifact. ARGV: how long its tombstones stay in ms, 0 for none. */
export const DESTROY = defineScript(`${SHARED}
if ARGV[1] == '0' then drop(KEYS[1]) else endSession(KEYS[1], ARGV[1]) end
return 'OK'
`);

/** KEYS: grant, its tombstone. ARGV: how long the tombstone stays in ms. */
export const REVOKE_GRANT = defineScript(`${SHARED}
endGrant(KEYS[1], KEYS[2], ARGV[1])
return 'OK'
`);

/** KEYS: the account's sessions, or its grants. ARGV: the fields asked for. Answers name and fields of each. */
export const OF_ACCOUNT = defineScript(`${SHARED}
local found = {}
for i, artifact in ipairs(membersOf(KEYS[1])) do
  found[i] = { memberOf(artifact), redis.call('HMGET', artifact, unpack(ARGV)) }
end
return found
`);

/**
 * KEYS: the account's sessions, a uid. ARGV: how long tombstones stay in ms, '1' for the session of that uid or '' for
 * all others, then the fields asked for. Answers name and fields of each that ended.
 */
export const END_SESSIONS = defineScript(`${SHARED}
local ended = {}
for _, session in ipairs(membersOf(KEYS[1])) do
  if (redis.call('HGET', session, 'uid') == KEYS[2]) == (ARGV[2] == '1') then
    ended[#ended + 1] = { memberOf(session), redis.call('HMGET', session, unpack(ARGV, 3)) }
    endSession(session, ARGV[1])
  end
end
return ended
`);

/** KEYS: the account's sessions, its grants. ARGV: how long tombstones stay in ms. Answers both counts. */
export const END_ACCOUNT = defineScript(`${SHARED}
local sessions, grants = 0, 0
for _, session in ipairs(membersOf(KEYS[1])) do
  if redis.call('EXISTS', session) == 1 then
    endSession(session, ARGV[1])
    sessions = sessions + 1
  end
end
for _, grant in ipairs(membersOf(KEYS[2])) do
  local names = redis.call('HMGET', grant, 'grant', 'ended')
  if names[1] and names[2] then
    endGrant(names[1], names[2], ARGV[1])
    grants = grants + 1
  end
end
redis.call('DEL', KEYS[1], KEYS[2])
return { sessions, grants }
`);
