-- KEYS: claims
-- ARGV: lease in ms (0 gives the claims back at once), then "code:sequence" repeated
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', now + ARGV[1], ARGV[i]) end
return 0
