-- KEYS: holders owners waiters joined sizes
-- ARGV: worker, lease in ms, then names of machines that it holds
-- Prolongs the claims that are still held. Returns those that are not, then those that others wait for, then
-- (name, whole) repeated for those that have become part of another machine.
local lost, asked, moved = {}, {}, {}
for i = 3, #ARGV do
  local name = ARGV[i]
  local whole = whole_of(name)
  if whole ~= name then
    moved[#moved + 1] = name
    moved[#moved + 1] = whole
  elseif redis.call('HGET', KEYS[2], name) == ARGV[1] then
    redis.call('ZADD', KEYS[1], now + ARGV[2], name)
    local since = string.match(redis.call('HGET', KEYS[3], name) or '', ' (%d+)$')
    if since and tonumber(since) >= now - 3000 then asked[#asked + 1] = name end
  else
    lost[#lost + 1] = name
  end
end
return { lost, asked, moved }
