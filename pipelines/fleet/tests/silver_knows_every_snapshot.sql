-- Fails with every device-day of the last two days that has another number of snapshots in silver than in bronze has by what silver read
-- last: a snapshot was loaded and not seen.
with seen as (
  select max(_bronze_loaded_at) as until from {{ ref('stg_last_updates_per_day') }}
),

bronze as (
  select s.device_id, {{ day_of('s.queried_at') }} as queried_date, count(*) as snapshot_count
  from {{ ref('device_states') }} as s
  where s.queried_at >= {{ start_of(as_of() ~ ' - 1') }} and s.queried_at < {{ start_of(as_of() ~ ' + 1') }}
    and s._loaded_at <= (select until from seen) and {{ is_believed('s') }}
  group by 1, 2
),

silver as (
  select device_id, queried_date, snapshot_count
  from {{ ref('stg_last_updates_per_day') }}
  where queried_date >= {{ as_of() }} - 1 and queried_date <= {{ as_of() }}
)

select b.device_id, b.queried_date, b.snapshot_count as in_bronze, s.snapshot_count as in_silver
from bronze as b
left join silver as s on s.device_id = b.device_id and s.queried_date = b.queried_date
where b.snapshot_count is distinct from s.snapshot_count
