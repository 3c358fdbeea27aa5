-- KEYS: targets checking checkers
-- ARGV: worker, lease in ms, "1" to take lapsed claims over, "1" to claim what has a result too, then fingerprints
-- Answers for each: the last check where there is one; else 1 where the target is the worker's to check, 0 where
-- another is about to.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local worker = ARGV[1]
local at_work = {[worker] = true}
local answers = {}
local claimed = false

local function is_at_work(other)
  if at_work[other] == nil then
    local expiry = redis.call('ZSCORE', KEYS[3], other)
    at_work[other] = expiry and (tonumber(expiry) > now or ARGV[3] ~= '1') or false
  end
  return at_work[other]
end

local function claim(fingerprint)
  local holder = redis.call('HGET', KEYS[2], fingerprint)
  if holder and holder ~= worker and is_at_work(holder) then return 0 end
  if holder ~= worker then redis.call('HSET', KEYS[2], fingerprint, worker) end
  claimed = true
  return 1
end

for i = 5, #ARGV do
  local found = ARGV[4] ~= '1' and redis.call('HGET', KEYS[1], ARGV[i])
  answers[#answers + 1] = found or claim(ARGV[i])
end
if claimed then redis.call('ZADD', KEYS[3], now + ARGV[2], worker) end
return answers
