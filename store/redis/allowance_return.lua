-- KEYS: holders owners waiters joined sizes
-- ARGV: worker, then names of machines
-- Gives claims back; those of others are left alone. Claims that ran out long ago are swept away on the way.
local gone = {}
for i = 2, #ARGV do
  if redis.call('HGET', KEYS[2], ARGV[i]) == ARGV[1] then gone[#gone + 1] = ARGV[i] end
end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - 60000, 'LIMIT', 0, 100)) do gone[#gone + 1] = name end
for _, name in ipairs(gone) do
  redis.call('ZREM', KEYS[1], name)
  redis.call('HDEL', KEYS[2], name)
  local since = string.match(redis.call('HGET', KEYS[3], name) or '', ' (%d+)$')
  if since and tonumber(since) < now - 3000 then redis.call('HDEL', KEYS[3], name) end
end
return #gone
