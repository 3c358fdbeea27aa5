-- KEYS: state tasks seen
-- Returns at one moment: requests left, the site's state, bytes of its fingerprints.
return { redis.call('HLEN', KEYS[2]), redis.call('HGETALL', KEYS[1]), redis.call('STRLEN', KEYS[3]) }
