-- KEYS: orders queued done
-- ARGV: "1" to queue also orders that are done, then (code, rank, order) repeated
-- Queues the orders that are not known yet; returns how many were new.
local new = 0
for i = 2, #ARGV, 3 do
  local code = ARGV[i]
  if ARGV[1] == '1' then redis.call('SREM', KEYS[3], code) end
  if redis.call('SISMEMBER', KEYS[3], code) == 0 and redis.call('HSETNX', KEYS[1], code, ARGV[i + 2]) == 1 then
    redis.call('ZADD', KEYS[2], ARGV[i + 1], code)
    new = new + 1
  end
end
return new
