-- KEYS: state tasks seen ended counts
-- Returns at one moment: requests left, counted where they lie; the site's counts; bytes of its fingerprints.
local left = 0
local segments = redis.call('HGETALL', KEYS[2])
for i = 2, #segments, 2 do left = left + string.match(segments[i], '^%d+') end
for _, places in ipairs(redis.call('HVALS', KEYS[4])) do left = left - #places / 2 end
return { left, redis.call('HGETALL', KEYS[5]), redis.call('STRLEN', KEYS[3]) }
