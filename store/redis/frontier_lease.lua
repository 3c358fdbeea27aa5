-- KEYS: orders queued leases owners flight fence starts vantages left totals resting
-- ARGV: limit, lease in ms, "1" to take expired leases over, what the names of the due probes' keys begin with,
--       "1" for orders with a priority above 0 only
-- Puts expired leases back at the head of the queue and sites whose crawl window has opened back among the others,
-- then leases up to `limit` sites.
-- The first lease of a site starts its probe series, one for each vantage point. Returns (token, order) repeated.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local expired = {}
if ARGV[3] == '1' then expired = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 200) end
for _, code in ipairs(expired) do
  redis.call('ZREM', KEYS[3], code)
  redis.call('HDEL', KEYS[4], code)
  redis.call('HDEL', KEYS[5], code)
  redis.call('ZADD', KEYS[2], '-inf', code)
end

for _, code in ipairs(redis.call('ZRANGEBYSCORE', KEYS[11], '-inf', now, 'LIMIT', 0, 200)) do
  local text = redis.call('HGET', KEYS[1], code)
  local shuffled = tonumber(string.sub(redis.sha1hex(code), 1, 8), 16) / 4294967296
  redis.call('ZREM', KEYS[11], code)
  if text then redis.call('ZADD', KEYS[2], shuffled - cjson.decode(text).priority, code) end
end

-- Sites given back stand at the head whatever their priority; those of bulk crawling are passed over and put back.
local passed_over = {}

local leased = {}
while #leased < ARGV[1] * 2 do
  local popped = redis.call('ZPOPMIN', KEYS[2])
  local code = popped[1]
  if not code then break end
  local text = redis.call('HGET', KEYS[1], code)
  if text and ARGV[5] == '1' and cjson.decode(text).priority <= 0 then
    passed_over[#passed_over + 1] = popped[2]
    passed_over[#passed_over + 1] = code
    if popped[2] ~= '-inf' then break end
  elseif text then
    local token = redis.call('INCR', KEYS[6])
    redis.call('ZADD', KEYS[3], now + ARGV[2], code)
    redis.call('HSET', KEYS[4], code, token)
    if redis.call('HSETNX', KEYS[7], code, now) == 1 then
      local order = cjson.decode(text)
      redis.call('HSET', KEYS[9], code, order.probe_count * #order.vantages)
      redis.call('HINCRBY', KEYS[10], 'probes_left', order.probe_count * #order.vantages)
      for _, vantage in ipairs(order.vantages) do
        redis.call('SADD', KEYS[8], vantage)
        redis.call('HINCRBY', KEYS[10], 'probes_left:' .. vantage, order.probe_count)
        -- Hash-tagged like all keys of the round, so it is where they are.
        if order.probe_count > 0 then redis.call('ZADD', ARGV[4] .. vantage, now, code .. ':0') end
      end
    end
    leased[#leased + 1] = tostring(token)
    leased[#leased + 1] = text
  end
end
for i = 1, #passed_over, 2 do redis.call('ZADD', KEYS[2], passed_over[i], passed_over[i + 1]) end
return leased
