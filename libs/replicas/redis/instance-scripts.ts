import { epochsPerMs, rememberedRemovals } from '../instance-store.ts';
import { RedisScript } from './redis-script.ts';

/** Fields of the mark that a delete leaves, the latest first. */
export const requestsOfAMark = Array.from({ length: rememberedRemovals }, (_, i) => `rid${i + 1}`);

/*
 * KEYS[1] is the hash of the instance: v (layout), owner, addr, epoch, and the fields of the caller, whose names begin
 * with "f:". KEYS[2] is the mark that deletes leave: epoch, and the requests that have asked for the last ones, rid1
 * being the latest. A name that is given anew keeps its mark: a delete that is sent again is not meant for its new owner.
 *
 * Every script answers with a list whose first item is the outcome. Epochs are beyond what Lua prints by itself.
 */

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

const thisEpoch = `${now}
local epoch = now * ${epochsPerMs}
`;

/** ARGV: layout, owner, address, field with the request that makes it, time to live, names and texts of fields */
export const createScript = new RedisScript(`
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'addr', ARGV[4])
if there[1] then return {'exists', there[2], there[3], there[1], there[4] or ''} end
${thisEpoch}
local removed = redis.call('HGET', KEYS[2], 'epoch')
if removed and tonumber(removed) >= epoch then epoch = tonumber(removed) + 1 end
epoch = string.format('%.0f', epoch)
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'owner', ARGV[2], 'addr', ARGV[3], 'epoch', epoch)
for i = 6, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'created', epoch}
`);

export const lookScript = new RedisScript(`
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'addr')
if there[1] then return {'found', there[2], there[3], there[1]} end
local removed = redis.call('HGET', KEYS[2], 'epoch')
if removed then return {'removed', removed} end
return {'missing'}
`);

/** ARGV: epoch, layout, owner, address, least time to live */
export const adoptScript = new RedisScript(`
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner', 'addr', 'v')
if not there[1] then return {'missing'} end
if there[1] ~= ARGV[1] then return {'moved', there[2], there[3], there[1]} end
if tonumber(there[4]) > tonumber(ARGV[2]) then return {'too-new', there[4]} end
local left = redis.call('PTTL', KEYS[1])
local epoch = string.format('%.0f', ARGV[1] + 1)
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'owner', ARGV[3], 'addr', ARGV[4], 'epoch', epoch)
if left < tonumber(ARGV[5]) then redis.call('PEXPIRE', KEYS[1], ARGV[5]) end
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
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner')
local first = 7 + ARGV[6]
if there[1] and tonumber(there[1]) >= epoch then
  local ours = there[2] == ARGV[3]
  for i = 7, first - 1 do ours = ours or there[2] == ARGV[i] end
  if tonumber(there[1]) > epoch or not ours then return {'fenced', there[2]} end
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'owner', ARGV[3], 'addr', ARGV[4], 'epoch', ARGV[1])
for i = first, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {'restored', ARGV[3]}
`);

/**
 * ARGV: epoch, request id or "", how long the mark stays. Answers "fenced" with the owner.
 *
 * The epoch of the mark is above that of everything that was there by then, whoever takes it over still. An instance
 * that was forgotten leaves a mark too: its owner may be about to restore it.
 */
export const removeScript = new RedisScript(`
local there = redis.call('HMGET', KEYS[1], 'epoch', 'owner')
if there[1] and there[1] ~= ARGV[1] then return {'fenced', there[2]} end
local removed = redis.call('HMGET', KEYS[2], 'epoch'${requestsOfAMark
  .slice(0, -1)
  .map((field) => `, '${field}'`)
  .join('')})
if there[1] or not removed[1] or tonumber(removed[1]) < tonumber(ARGV[1]) then
  ${thisEpoch}
  if tonumber(ARGV[1]) > epoch then epoch = tonumber(ARGV[1]) end
  epoch = epoch - epoch % ${epochsPerMs} + ${epochsPerMs - 1}
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[2], 'epoch', string.format('%.0f', epoch))
  if ARGV[2] ~= '' then
    redis.call('HSET', KEYS[2], 'rid1', ARGV[2])
    for i = 2, #removed do
      if removed[i] then redis.call('HSET', KEYS[2], 'rid' .. i, removed[i]) end
    end
  end
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
