-- KEYS: state tasks seen ended counts
-- ARGV: token
-- Takes a site's crawl over under a newer token. Returns false if a newer one has it,
-- else memo, seen fingerprints, (segment, text) repeated, (segment, places that ended) repeated.
local held = tonumber(redis.call('HGET', KEYS[1], 'token') or '0')
if held > tonumber(ARGV[1]) then return false end
redis.call('HSET', KEYS[1], 'token', ARGV[1])
return {
  redis.call('HGET', KEYS[1], 'memo') or '',
  redis.call('GET', KEYS[3]) or '',
  redis.call('HGETALL', KEYS[2]),
  redis.call('HGETALL', KEYS[4]),
}
