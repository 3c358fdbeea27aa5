-- KEYS: checking
-- ARGV: worker, then fingerprints
-- Ends claims; those of others are left alone.
for i = 2, #ARGV do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[1] then redis.call('HDEL', KEYS[1], ARGV[i]) end
end
return 0
