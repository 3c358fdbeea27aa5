-- KEYS: state tasks seen
-- ARGV: token, number of the step under this token, memo, new fingerprints,
--       requests both added and ended in this step, n = number of added requests, m = number of reasons,
--       n times (id, task), m times (reason, requests given up for it), then ids of requests that ended
-- Returns -1 if a newer token has the site, else requests left, added and stored in all, then (reason, given up).
-- A step whose answer got lost may be sent again: it is not applied twice.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return { -1, 0, 0 } end
local added, stored = 0, 0
local step = ARGV[1] .. '.' .. ARGV[2]
if redis.call('HGET', KEYS[1], 'step') ~= step then
  redis.call('HSET', KEYS[1], 'step', step)
  if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'memo', ARGV[3]) end
  if ARGV[4] ~= '' then redis.call('APPEND', KEYS[3], ARGV[4]) end
  added, stored = tonumber(ARGV[5]), tonumber(ARGV[5])
  local first_reason = 8 + ARGV[6] * 2
  local first_ended = first_reason + ARGV[7] * 2
  for i = 8, first_reason - 1, 2 do added = added + redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
  for i = first_reason, first_ended - 1, 2 do
    redis.call('HINCRBY', KEYS[1], 'given_up:' .. ARGV[i], ARGV[i + 1])
    stored = stored - ARGV[i + 1]
  end
  for i = first_ended, #ARGV do stored = stored + redis.call('HDEL', KEYS[2], ARGV[i]) end
end
local balance = {
  redis.call('HLEN', KEYS[2]),
  redis.call('HINCRBY', KEYS[1], 'added', added),
  redis.call('HINCRBY', KEYS[1], 'stored', stored),
}
local state = redis.call('HGETALL', KEYS[1])
for i = 1, #state, 2 do
  local reason = string.match(state[i], '^given_up:(.*)')
  if reason then
    balance[#balance + 1] = reason
    balance[#balance + 1] = state[i + 1]
  end
end
return balance
