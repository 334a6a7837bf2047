-- Takes points of one bucket. KEYS[1]: the bucket, holding the microsecond at which it is full again; absent: full.
-- ARGV: microseconds a point takes to grow, burst, points wanted. Returns: points granted, microseconds until the next.
-- The clock is the server's, so processes with different clocks share one bucket.
local interval, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local stored = tonumber(redis.call('GET', KEYS[1]) or '0')
-- Never emptier than empty: a clock that was set back, or a smaller burst, must not close the bucket for long.
local full_at = math.min(math.max(stored, now), now + burst * interval)
local granted = math.max(0, math.min(wanted, math.floor((now + burst * interval - full_at) / interval)))
if granted > 0 or full_at < stored then
  full_at = full_at + granted * interval
  redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000) + 1000)
end
return { granted, math.max(0, full_at + interval - burst * interval - now) }
