-- Takes points of one bucket. Grain: one row per bucket, holding the microsecond at which it is full again; absent: full.
-- $1 key, $2 microseconds a point takes to grow, $3 burst, $4 points wanted.
-- Returns: points granted, microseconds until the next. The row's lock makes processes take turns; the clock is the server's
-- and read once the lock is held, so processes with different clocks share one bucket.
-- Never emptier than empty (the inner least): a clock that was set back, or a smaller burst, must not close the bucket for long.
INSERT INTO ops.rate_buckets AS bucket (key, full_at_micros, granted)
SELECT $1::text,
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + $2::bigint * least($4::bigint, $3::bigint),
       least($4::bigint, $3::bigint)
ON CONFLICT (key) DO UPDATE SET (full_at_micros, granted) = (
  SELECT based.full_at + based.taken * $2::bigint, based.taken
  FROM (
    SELECT ahead.full_at,
           greatest(0, least($4::bigint, (ahead.now + $3::bigint * $2::bigint - ahead.full_at) / $2::bigint)) AS taken
    FROM (
      SELECT clock.now,
             least(greatest(bucket.full_at_micros, clock.now), clock.now + $3::bigint * $2::bigint) AS full_at
      FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now) AS clock
    ) AS ahead
  ) AS based
)
RETURNING granted::int AS granted,
          greatest(0, full_at_micros + $2::bigint - $3::bigint * $2::bigint
                      - (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)::float8 AS wait_micros;
