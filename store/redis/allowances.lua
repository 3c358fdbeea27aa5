-- What stands before each script of the allowances. KEYS: holders owners waiters joined sizes
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- The machine that a name has become part of, or itself.
local function whole_of(name)
  local whole = redis.call('HGET', KEYS[4], name)
  while whole do
    name = whole
    whole = redis.call('HGET', KEYS[4], name)
  end
  return name
end
