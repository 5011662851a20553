-- Publishes keys of a hot list, the document and the sorted set, where no newer one is there already.
--
-- KEYS  pairs: the key, and one of the same slot that tells the moment it is of
-- ARGV  1 as_of, written like in the documents, so that text compares like time, 2 the latest moment that can be,
--       then for each pair n and the n words of the command that writes the key, which is empty without one

local at = 3
for i = 1, #KEYS, 2 do
  local words = tonumber(ARGV[at])
  local is_text = redis.call('TYPE', KEYS[i + 1]).ok == 'string'
  local stored = is_text and redis.call('GET', KEYS[i + 1])
  -- what something else has written there is no moment, and must not hold the list up
  local is_moment = stored and string.match(stored, '^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$')
  if not is_moment or stored <= ARGV[1] or stored > ARGV[2] then
    redis.call('DEL', KEYS[i])
    if words > 0 then redis.call(ARGV[at + 1], KEYS[i], unpack(ARGV, at + 2, at + words)) end
    redis.call('SET', KEYS[i + 1], ARGV[1])
  end
  at = at + 1 + words
end
