-- KEYS: state tasks seen
-- ARGV: token, memo, new fingerprints, requests both added and stored in this step,
--       n = number of added requests, n times (id, task), then ids of stored requests
-- Returns -1 if a newer token has the site, else requests left, added and stored in all.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return { -1, 0, 0 } end
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'memo', ARGV[2]) end
if ARGV[3] ~= '' then redis.call('APPEND', KEYS[3], ARGV[3]) end
local added, stored = tonumber(ARGV[4]), tonumber(ARGV[4])
local first_stored = 6 + ARGV[5] * 2
for i = 6, first_stored - 1, 2 do added = added + redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
for i = first_stored, #ARGV do stored = stored + redis.call('HDEL', KEYS[2], ARGV[i]) end
return {
  redis.call('HLEN', KEYS[2]),
  redis.call('HINCRBY', KEYS[1], 'added', added),
  redis.call('HINCRBY', KEYS[1], 'stored', stored),
}
