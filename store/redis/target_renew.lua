-- KEYS: checkers
-- ARGV: worker, lease in ms
-- Prolongs all claims of a worker that has any.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZADD', KEYS[1], 'XX', now + ARGV[2], ARGV[1])
