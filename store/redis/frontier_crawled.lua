-- KEYS: leases owners flight crawled ending left totals
-- ARGV: code, token, requests added, requests stored, then (reason, requests given up) repeated
-- Ends the lease of a site whose crawl is complete.
-- Returns -1 if the lease is lost, 1 if the site is complete with it, 0 if probes are still to come.
local code = ARGV[1]
if redis.call('HGET', KEYS[2], code) ~= ARGV[2] then return -1 end
redis.call('ZREM', KEYS[1], code)
redis.call('HDEL', KEYS[2], code)
redis.call('HDEL', KEYS[3], code)
redis.call('HINCRBY', KEYS[7], 'requests_added', ARGV[3])
redis.call('HINCRBY', KEYS[7], 'requests_stored', ARGV[4])
for i = 5, #ARGV, 2 do redis.call('HINCRBY', KEYS[7], 'given_up:' .. ARGV[i], ARGV[i + 1]) end
if tonumber(redis.call('HGET', KEYS[6], code) or '0') <= 0 then
  redis.call('SADD', KEYS[5], code)
  return 1
end
redis.call('SADD', KEYS[4], code)
return 0
