-- KEYS: leases owners flight
-- ARGV: lease in ms, then (code, token, requests in flight) repeated
-- Prolongs the leases that are still held; returns the tokens of those that are not.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lost = {}
for i = 2, #ARGV, 3 do
  local code = ARGV[i]
  if redis.call('HGET', KEYS[2], code) == ARGV[i + 1] then
    redis.call('ZADD', KEYS[1], now + ARGV[1], code)
    redis.call('HSET', KEYS[3], code, ARGV[i + 2])
  else
    lost[#lost + 1] = ARGV[i + 1]
  end
end
return lost
