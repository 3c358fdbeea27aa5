-- KEYS: holders owners waiters
-- ARGV: worker, lease in ms, then names of machines that it holds
-- Prolongs the claims that are still held. Returns those that are not, then those that others wait for.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lost, asked = {}, {}
for i = 3, #ARGV do
  local name = ARGV[i]
  if redis.call('HGET', KEYS[2], name) == ARGV[1] then
    redis.call('ZADD', KEYS[1], now + ARGV[2], name)
    local since = string.match(redis.call('HGET', KEYS[3], name) or '', ' (%d+)$')
    if since and tonumber(since) >= now - 3000 then asked[#asked + 1] = name end
  else
    lost[#lost + 1] = name
  end
end
return { lost, asked }
