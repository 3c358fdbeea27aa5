-- KEYS: holders owners waiters joined sizes
-- ARGV: most addresses of one machine, seconds to remember, then (machine, certificate) repeated
-- Joins the machines that show one certificate, unless they would have too many addresses together: then it is a
-- delivery network's, and says nothing. The machine joined last becomes part of the one that was there before, and
-- takes its claim along where nobody holds that one. Returns how many became part of another.
local function size_of(name)
  return tonumber(redis.call('HGET', KEYS[5], name) or '1')
end

local function is_held(name)
  return tonumber(redis.call('ZSCORE', KEYS[1], name) or '0') > now
end

local joined = 0
for i = 3, #ARGV, 2 do
  local part, certificate = whole_of(ARGV[i]), ARGV[i + 1]
  local whole = whole_of(certificate)
  local size = size_of(part) + size_of(whole)
  if whole == certificate then
    redis.call('HSET', KEYS[4], certificate, part)
  elseif whole ~= part and size <= tonumber(ARGV[1]) then
    redis.call('HSET', KEYS[4], part, whole)
    redis.call('HSET', KEYS[5], whole, size)
    redis.call('HDEL', KEYS[5], part)
    if is_held(part) and not is_held(whole) then
      redis.call('ZADD', KEYS[1], redis.call('ZSCORE', KEYS[1], part), whole)
      redis.call('HSET', KEYS[2], whole, redis.call('HGET', KEYS[2], part))
    end
    redis.call('ZREM', KEYS[1], part)
    redis.call('HDEL', KEYS[2], part)
    redis.call('HDEL', KEYS[3], part)
    joined = joined + 1
  end
end
redis.call('EXPIRE', KEYS[4], ARGV[2])
redis.call('EXPIRE', KEYS[5], ARGV[2])
return joined
