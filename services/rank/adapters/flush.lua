-- Writes one partition's range of the log, if the store is exactly where the worker believes it to be.
--
-- KEYS  1 position, 2 top, 3 articles, then every other key that is checked or written
-- ARGV  1 the position believed to be stored ('' = none), 2 the position to store,
--       3 the top's as_of believed to be stored ('' = none), 4 the changes of articles believed,
--       5 n, then n pairs (index into KEYS, STRLEN believed), then m, then m indexes of keys that are there,
--       then commands: name, index into KEYS, number of arguments, arguments
-- Returns 'ok', or what differs, having written nothing: 'position', 'top', 'torn', 'falls'.
-- Raises an error, having written nothing either, where Redis is full, forbids a command or has no room in a
-- string: it takes nothing back by itself, so what may fail is tried before anything is written.

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

if at <= #ARGV or ARGV[1] ~= ARGV[2] then
  -- Writes nothing; whether memory is full is decided once for all commands of a script.
  redis.call('SETRANGE', KEYS[1], 0, '')
end
if redis.acl_check_cmd then
  local asked = { SET = KEYS[1] }
  command = at
  while command <= #ARGV do
    asked[ARGV[command]] = KEYS[tonumber(ARGV[command + 1])]
    command = command + 3 + tonumber(ARGV[command + 2])
  end
  for name, key in pairs(asked) do
    -- what else UNLINK is given are keys, too
    if not redis.acl_check_cmd(name, key, unpack(name == 'UNLINK' and {} or {'', ''})) then
      return redis.error_reply('NOPERM rank must be allowed to ' .. name .. ' ' .. key)
    end
  end
end

-- A string may have come to its limit. What was appended to others before is cut off again.
local appended, replaced = {}, {}
command = at
while command <= #ARGV do
  if ARGV[command] == 'UNLINK' then replaced[ARGV[command + 1]] = true end
  if ARGV[command] == 'APPEND' and not replaced[ARGV[command + 1]] then
    local name, blob = KEYS[tonumber(ARGV[command + 1])], ARGV[command + 3]
    local reply = redis.pcall('APPEND', name, blob)
    if type(reply) == 'table' and reply.err then
      for one, length in pairs(appended) do
        if length == 0 then redis.call('UNLINK', one)
        else redis.call('SET', one, redis.call('GETRANGE', one, 0, length - 1)) end
      end
      return reply
    end
    appended[name] = reply - #blob
  end
  command = command + 3 + tonumber(ARGV[command + 2])
end

while at <= #ARGV do
  local count = tonumber(ARGV[at + 2])
  if ARGV[at] ~= 'APPEND' or replaced[ARGV[at + 1]] then
    redis.call(ARGV[at], KEYS[tonumber(ARGV[at + 1])], unpack(ARGV, at + 3, at + 2 + count))
  end
  at = at + 3 + count
end
if ARGV[1] ~= ARGV[2] then redis.call('SET', KEYS[1], ARGV[2]) end
return 'ok'
