import { RedisScript } from './redis-script.ts';

/*
 * KEYS[1] is the hash of the instance: v (layout), owner, addr, epoch, rid (request that made it), and the fields of the
 * caller, whose names begin with "f:". KEYS[2] is the mark that a delete leaves: epoch, rid.
 *
 * Every script answers with a list whose first item is the outcome.
 */

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** ARGV: layout, owner, address, request id or "", time to live, names and texts of fields */
export const createScript = new RedisScript(`
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'addr', 'rid')
if there[1] then return {'exists', there[2], there[3], there[1], there[4] or ''} end
${now}
local removed = redis.call('HGET', KEYS[2], 'epoch')
if removed and tonumber(removed) >= now then now = tonumber(removed) + 1 end
local epoch = string.format('%.0f', now)
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'owner', ARGV[2], 'addr', ARGV[3], 'epoch', epoch)
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'rid', ARGV[4]) end
for i = 6, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'created', epoch}
`);

export const lookScript = new RedisScript(`
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'addr')
if there[1] then return {'found', there[2], there[3], there[1]} end
if redis.call('EXISTS', KEYS[2]) == 1 then return {'removed'} end
return {'missing'}
`);

/** ARGV: epoch, layout, owner, address, time to live */
export const adoptScript = new RedisScript(`
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'addr', 'v')
if not there[1] then return {'missing'} end
if there[1] ~= ARGV[1] then return {'moved', there[2], there[3], there[1]} end
if tonumber(there[4]) > tonumber(ARGV[2]) then return {'too-new', there[4]} end
local left = redis.call('PTTL', KEYS[1])
local epoch = string.format('%.0f', ARGV[1] + 1)
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'owner', ARGV[3], 'addr', ARGV[4], 'epoch', epoch)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'adopted', epoch, tostring(left), redis.call('HGETALL', KEYS[1])}
`);

/** ARGV: epoch, owner, time to live, how many fields are set, their names and texts, names of fields to drop */
export const saveScript = new RedisScript(`
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner')
if not there[1] then return {'missing'} end
if there[1] ~= ARGV[1] or there[2] ~= ARGV[2] then return {'fenced'} end
local last = 4 + 2 * ARGV[4]
for i = last + 1, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
for i = 5, last, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {'saved'}
`);

/**
 * ARGV: epoch, layout, owner, address, time to live, how many former names, those, names and texts of fields
 *
 * The mark of a delete counts unless the instance is younger than it: made again, and then forgotten.
 */
export const restoreScript = new RedisScript(`
local epoch = tonumber(ARGV[1])
local removed = redis.call('HGET', KEYS[2], 'epoch')
if removed and tonumber(removed) >= epoch then return {'removed', ''} end
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'rid')
local first = 7 + ARGV[6]
if there[1] and tonumber(there[1]) >= epoch then
  local ours = there[2] == ARGV[3]
  for i = 7, first - 1 do ours = ours or there[2] == ARGV[i] end
  if tonumber(there[1]) > epoch or not ours then return {'fenced', there[2]} end
end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'owner', ARGV[3], 'addr', ARGV[4], 'epoch', ARGV[1])
if there[3] then redis.call('HSET', KEYS[1], 'rid', there[3]) end
for i = first, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'restored', ARGV[3]}
`);

/**
 * ARGV: epoch, request id or "", how long the mark stays. Answers "fenced" with the owner.
 *
 * The epoch of the mark is above that of everything that was there by then. An instance that was forgotten leaves a
 * mark too: its owner may be about to restore it.
 */
export const removeScript = new RedisScript(`
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner')
if there[1] and there[1] ~= ARGV[1] then return {'fenced', there[2]} end
if there[1] or redis.call('EXISTS', KEYS[2]) == 0 then
  ${now}
  if tonumber(ARGV[1]) > now then now = tonumber(ARGV[1]) end
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[2], 'epoch', string.format('%.0f', now))
  if ARGV[2] ~= '' then redis.call('HSET', KEYS[2], 'rid', ARGV[2]) end
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
return {there[1] and 'saved' or 'missing', ''}
`);

/** KEYS[1] is the sorted set of replicas. ARGV: one of them */
export const noteReplicaScript = new RedisScript(`
${now}
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
return {'noted'}
`);
