-- Writes one partition's range of the log, if the store is exactly where the worker believes it to be.
--
-- KEYS  1 position, 2 top, 3 articles, then every other key that is checked or written
-- ARGV  1 the position believed to be stored ('' = none), 2 the position to store,
--       3 the top's as_of believed to be stored ('' = none), 4 the changes of articles believed,
--       5 n, then n pairs (index into KEYS, STRLEN believed), then m, then m indexes of keys that are there,
--       then commands: name, index into KEYS, number of arguments, arguments
-- Returns 'ok', or what differs, having written nothing: 'position', 'top', 'torn', 'falls'.

if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 'position' end
if (redis.call('HGET', KEYS[2], 'as_of') or '') ~= ARGV[3] then return 'top' end

-- Without this a lost or older `articles` would look whole again as soon as one article changes.
if tonumber(redis.call('HGET', KEYS[3], '#') or 0) ~= tonumber(ARGV[4]) then return 'torn' end

local at = 6
for _ = 1, tonumber(ARGV[5]) do
  if redis.call('STRLEN', KEYS[tonumber(ARGV[at])]) ~= tonumber(ARGV[at + 1]) then return 'torn' end
  at = at + 2
end
-- A worker whose own memory is whole would not miss these until it is asked to read them again.
local present = tonumber(ARGV[at])
for i = at + 1, at + present do
  if redis.call('EXISTS', KEYS[tonumber(ARGV[i])]) == 0 then return 'torn' end
end
at = at + present + 1

-- A command on a key of another type would end the script in the middle, and Redis takes nothing back.
local of_type = { HSET = 'hash', HDEL = 'hash', APPEND = 'string' }
local checked = {}
local command = at
while command <= #ARGV do
  local name, wanted = KEYS[tonumber(ARGV[command + 1])], of_type[ARGV[command]]
  if wanted == nil then checked[name] = true end
  if not checked[name] then
    local found = redis.call('TYPE', name).ok
    if found ~= 'none' and found ~= wanted then return 'torn' end
    checked[name] = true
  end
  command = command + 3 + tonumber(ARGV[command + 2])
end

if ARGV[1] ~= '' then
  -- A position may only grow: one that falls, or lacks a topic, comes from a worker that lost its assignment.
  local after = cjson.decode(ARGV[2]).next
  for topic, offset in pairs(cjson.decode(ARGV[1]).next) do
    if not after[topic] or after[topic] < offset then return 'falls' end
  end
end

while at <= #ARGV do
  local count = tonumber(ARGV[at + 2])
  redis.call(ARGV[at], KEYS[tonumber(ARGV[at + 1])], unpack(ARGV, at + 3, at + 2 + count))
  at = at + 3 + count
end
if ARGV[1] ~= ARGV[2] then redis.call('SET', KEYS[1], ARGV[2]) end
return 'ok'
