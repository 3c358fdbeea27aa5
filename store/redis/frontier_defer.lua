-- KEYS: leases owners flight resting
-- ARGV: (code, token, ms until the site's crawl window opens) repeated
-- Gives leases back until then. Leases no longer held are left alone.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 1, #ARGV, 3 do
  local code = ARGV[i]
  if redis.call('HGET', KEYS[2], code) == ARGV[i + 1] then
    redis.call('ZREM', KEYS[1], code)
    redis.call('HDEL', KEYS[2], code)
    redis.call('HDEL', KEYS[3], code)
    redis.call('ZADD', KEYS[4], now + ARGV[i + 2], code)
  end
end
return 0
