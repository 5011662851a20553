-- Publishes one hot list, unless a newer one is there already.
--
-- KEYS  1 the sorted set, 2 the document
-- ARGV  1 as_of, written like in the documents, so that text compares like time
--       2 the document ('' = the list is gone), then score, member pairs
-- Returns 1 if it was published, 0 if a newer one stays.

local stored = redis.call('GET', KEYS[2])
if stored then
  local as_of = string.match(stored, '"as_of":"([^"]*)"')
  if as_of and as_of > ARGV[1] then return 0 end
end

redis.call('DEL', KEYS[1])
if ARGV[2] == '' then
  redis.call('DEL', KEYS[2])
else
  redis.call('SET', KEYS[2], ARGV[2])
  if #ARGV > 2 then redis.call('ZADD', KEYS[1], unpack(ARGV, 3)) end
end
return 1
