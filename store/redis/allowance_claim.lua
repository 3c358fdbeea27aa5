-- KEYS: holders owners waiters joined sizes
-- ARGV: worker, lease in ms, then names of machines to claim
-- Claims the machines that nobody holds or waits for longer than we do. Returns those claimed, then (name, whole)
-- repeated for those that have become part of another machine and cannot be claimed any more.
local claimed, moved = {}, {}
for i = 3, #ARGV do
  local name = ARGV[i]
  local whole = whole_of(name)
  local owner = redis.call('HGET', KEYS[2], name)
  local is_free = not owner or tonumber(redis.call('ZSCORE', KEYS[1], name) or '0') <= now
  local waiter, since = string.match(redis.call('HGET', KEYS[3], name) or '', '^(.*) (%d+)$')
  -- Who waits asks again several times a second; one who has not for three seconds does not wait any more.
  local is_mine = not waiter or waiter == ARGV[1] or tonumber(since) < now - 3000
  if whole ~= name then
    moved[#moved + 1] = name
    moved[#moved + 1] = whole
  elseif owner == ARGV[1] and not is_free then
    redis.call('ZADD', KEYS[1], now + ARGV[2], name)
    claimed[#claimed + 1] = name
  elseif is_free and is_mine then
    redis.call('ZADD', KEYS[1], now + ARGV[2], name)
    redis.call('HSET', KEYS[2], name, ARGV[1])
    redis.call('HDEL', KEYS[3], name)
    claimed[#claimed + 1] = name
  elseif is_mine then
    redis.call('HSET', KEYS[3], name, ARGV[1] .. ' ' .. now)
  end
end
return { claimed, moved }
