-- KEYS: due claims orders starts
-- ARGV: limit, lease in ms, round id, "1" to take abandoned claims over
-- Claims probes that are due, abandoned ones first. Claiming one of a series schedules the next, so that
-- a slow probe holds up none. Returns ("code:sequence", order) repeated.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit = tonumber(ARGV[1])
local claimed = {}

local function claim(member, order)
  redis.call('ZADD', KEYS[2], now + ARGV[2], member)
  claimed[#claimed + 1] = member
  claimed[#claimed + 1] = order
end

-- Each probe of a series has its own share of the span and stands at a place in it that only
-- round, site and sequence decide.
local function planned(code, sequence, order)
  local draw = tonumber(string.sub(redis.sha1hex(ARGV[3] .. ':' .. code .. ':' .. sequence), 1, 8), 16) / 4294967296
  local start = tonumber(redis.call('HGET', KEYS[4], code) or now)
  return start + order.probe_span_s * 1000 * (sequence + draw) / order.probe_count
end

local function schedule_next(code, sequence, order)
  if sequence + 1 >= order.probe_count then return end
  -- After a pause of all workers the missed ones must not be made in one burst.
  local gap = order.probe_span_s * 1000 / order.probe_count / 2
  local due = math.max(planned(code, sequence + 1, order), now + gap)
  redis.call('ZADD', KEYS[1], due, code .. ':' .. (sequence + 1))
end

local abandoned = {}
if ARGV[4] == '1' then abandoned = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, limit) end
for _, member in ipairs(abandoned) do
  local order = redis.call('HGET', KEYS[3], string.match(member, '^(.*):'))
  if order then claim(member, order) else redis.call('ZREM', KEYS[2], member) end
end

for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, limit - #claimed / 2)) do
  redis.call('ZREM', KEYS[1], member)
  local code, sequence = string.match(member, '^(.*):(%d+)$')
  local order = redis.call('HGET', KEYS[3], code)
  if order then
    claim(member, order)
    schedule_next(code, tonumber(sequence), cjson.decode(order))
  end
end
return claimed
