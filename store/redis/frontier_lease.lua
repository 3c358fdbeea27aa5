-- KEYS: orders queued leases owners flight fence starts due left totals
-- ARGV: limit, lease in ms, round id, "1" to take expired leases over
-- Puts expired leases back at the head of the queue, then leases up to `limit` sites.
-- The first lease of a site starts its probe series. Returns (token, order) repeated.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local expired = {}
if ARGV[4] == '1' then expired = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 200) end
for _, code in ipairs(expired) do
  redis.call('ZREM', KEYS[3], code)
  redis.call('HDEL', KEYS[4], code)
  redis.call('HDEL', KEYS[5], code)
  redis.call('ZADD', KEYS[2], '-inf', code)
end

local leased = {}
while #leased < ARGV[1] * 2 do
  local popped = redis.call('ZPOPMIN', KEYS[2])
  local code = popped[1]
  if not code then break end
  local text = redis.call('HGET', KEYS[1], code)
  if text then
    local token = redis.call('INCR', KEYS[6])
    redis.call('ZADD', KEYS[3], now + ARGV[2], code)
    redis.call('HSET', KEYS[4], code, token)
    if redis.call('HSETNX', KEYS[7], code, now) == 1 then
      local order = cjson.decode(text)
      redis.call('HSET', KEYS[9], code, order.probe_count)
      redis.call('HINCRBY', KEYS[10], 'probes_left', order.probe_count)
      if order.probe_count > 0 then redis.call('ZADD', KEYS[8], now, code .. ':0') end
    end
    leased[#leased + 1] = tostring(token)
    leased[#leased + 1] = text
  end
end
return leased
