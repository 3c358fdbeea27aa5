-- KEYS: state tasks seen ended counts
-- ARGV: token, number of the step under this token, memo, new fingerprints, requests added, requests ended,
--       r = number of reasons, s = number of new segments,
--       r times (reason, requests given up for it), s times (segment, text),
--       then (segment, places that ended in it, "1" if nothing is left there) repeated
-- Returns false if a newer token has the site, else its counts in all.
-- A step whose answer got lost may be sent again: it is not applied twice.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return false end
local step = ARGV[1] .. '.' .. ARGV[2]
if redis.call('HGET', KEYS[1], 'step') ~= step then
  redis.call('HSET', KEYS[1], 'step', step)
  if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'memo', ARGV[3]) end
  if ARGV[4] ~= '' then redis.call('APPEND', KEYS[3], ARGV[4]) end
  local stored = tonumber(ARGV[6])
  local first_segment = 9 + ARGV[7] * 2
  local first_ended = first_segment + ARGV[8] * 2
  for i = 9, first_segment - 1, 2 do
    redis.call('HINCRBY', KEYS[5], 'given_up:' .. ARGV[i], ARGV[i + 1])
    stored = stored - ARGV[i + 1]
  end
  for i = first_ended, #ARGV, 3 do
    if ARGV[i + 2] == '1' then
      redis.call('HDEL', KEYS[2], ARGV[i])
      redis.call('HDEL', KEYS[4], ARGV[i])
    else
      redis.call('HSET', KEYS[4], ARGV[i], (redis.call('HGET', KEYS[4], ARGV[i]) or '') .. ARGV[i + 1])
    end
  end
  for i = first_segment, first_ended - 1, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
  redis.call('HINCRBY', KEYS[5], 'added', ARGV[5])
  redis.call('HINCRBY', KEYS[5], 'stored', stored)
end
return redis.call('HGETALL', KEYS[5])
