-- KEYS: orders queued leases crawled ending done flight totals resting
-- Returns where the orders of a round are, at one moment: their numbers as in KEYS[1..6, 9], codes of those whose crawl
-- is not complete, requests in flight as their owners last said, and the totals of those whose crawl is complete.
local open = redis.call('ZRANGE', KEYS[2], 0, -1)
for _, code in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do open[#open + 1] = code end
for _, code in ipairs(redis.call('ZRANGE', KEYS[9], 0, -1)) do open[#open + 1] = code end
local flight = 0
for _, number in ipairs(redis.call('HVALS', KEYS[7])) do flight = flight + number end
return {
  redis.call('HLEN', KEYS[1]),
  redis.call('ZCARD', KEYS[2]),
  redis.call('ZCARD', KEYS[3]),
  redis.call('SCARD', KEYS[4]),
  redis.call('SCARD', KEYS[5]),
  redis.call('SCARD', KEYS[6]),
  redis.call('ZCARD', KEYS[9]),
  open,
  flight,
  redis.call('HGETALL', KEYS[8]),
}
