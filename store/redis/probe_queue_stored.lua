-- KEYS: claims left totals crawled ending
-- ARGV: vantage point, then "code:sequence" of probes that are stored
-- Returns the codes of sites that are complete with them.
local complete = {}
for i = 2, #ARGV do
  local member = ARGV[i]
  if redis.call('ZREM', KEYS[1], member) == 1 then
    local code = string.match(member, '^(.*):')
    redis.call('HINCRBY', KEYS[3], 'probes_left', -1)
    redis.call('HINCRBY', KEYS[3], 'probes_left:' .. ARGV[1], -1)
    if redis.call('HINCRBY', KEYS[2], code, -1) <= 0 and redis.call('SREM', KEYS[4], code) == 1 then
      redis.call('SADD', KEYS[5], code)
      complete[#complete + 1] = code
    end
  end
end
return complete
