-- KEYS: leases owners flight queued
-- ARGV: (code, token) repeated
-- Gives leases back: the sites go to the head of the queue. Leases no longer held are left alone.
for i = 1, #ARGV, 2 do
  local code = ARGV[i]
  if redis.call('HGET', KEYS[2], code) == ARGV[i + 1] then
    redis.call('ZREM', KEYS[1], code)
    redis.call('HDEL', KEYS[2], code)
    redis.call('HDEL', KEYS[3], code)
    redis.call('ZADD', KEYS[4], '-inf', code)
  end
end
return 0
