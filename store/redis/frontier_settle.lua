-- KEYS: state tasks seen
-- ARGV: token, number of the step under this token, memo, new fingerprints,
--       requests both added and stored in this step, n = number of added requests,
--       n times (id, task), then ids of stored requests
-- Returns -1 if a newer token has the site, else requests left, added and stored in all.
-- A step whose answer got lost may be sent again: it is not applied twice.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return { -1, 0, 0 } end
local added, stored = 0, 0
local step = ARGV[1] .. '.' .. ARGV[2]
if redis.call('HGET', KEYS[1], 'step') ~= step then
  redis.call('HSET', KEYS[1], 'step', step)
  if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'memo', ARGV[3]) end
  if ARGV[4] ~= '' then redis.call('APPEND', KEYS[3], ARGV[4]) end
  added, stored = tonumber(ARGV[5]), tonumber(ARGV[5])
  local first_stored = 7 + ARGV[6] * 2
  for i = 7, first_stored - 1, 2 do added = added + redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
  for i = first_stored, #ARGV do stored = stored + redis.call('HDEL', KEYS[2], ARGV[i]) end
end
return {
  redis.call('HLEN', KEYS[2]),
  redis.call('HINCRBY', KEYS[1], 'added', added),
  redis.call('HINCRBY', KEYS[1], 'stored', stored),
}
