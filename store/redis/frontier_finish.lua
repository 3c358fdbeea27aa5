-- KEYS: ending done orders starts left
-- ARGV: codes
-- Marks complete sites done and frees what the round still keeps of them; returns how many.
local finished = 0
for _, code in ipairs(ARGV) do
  if redis.call('SREM', KEYS[1], code) == 1 then
    redis.call('SADD', KEYS[2], code)
    redis.call('HDEL', KEYS[3], code)
    redis.call('HDEL', KEYS[4], code)
    redis.call('HDEL', KEYS[5], code)
    finished = finished + 1
  end
end
return finished
