-- Grain: one row per device and day, as the device was at the day's last snapshot.
-- Keys: device_id, queried_date (the snapshot's day in the pipeline's zone, `vars.zone`).
-- Inputs: bronze device_states.
-- Late data: what bronze loaded since the last build is found by `_loaded_at`. The device-days it touches are built anew from all their
-- snapshots, and with each the device's next existing day, however far: its signals compare with the snapshot before. Nothing else is
-- written. Days of months that ended 13 months before the run's date are left out, and go.
-- Rules: the signals look at all snapshots before days are formed, in the order of `queried_at`, each beside the one before of the same
-- device. A day has had a reset when any of its snapshots had; its calibrations add up. A total that fell (device replaced, memory
-- cleared) counts no calibrations, as nobody knows how many there were, and is flagged. A snapshot stamped more than a day after it was
-- loaded is left out.
{{ config(
  materialized='incremental',
  incremental_strategy='merge',
  rebuildable=true,
  unique_key=['device_id', 'queried_date'],
  partition_by={'type': 'range', 'field': 'queried_date', 'granularity': 'month', 'retention': '13 months'},
  indexes=[
    {'columns': ['device_id', 'queried_date'], 'unique': true},
    {'columns': ['_bronze_loaded_at']},
    {'columns': ['_build']}
  ]
) }}

with
{%- if is_incremental() %}

fresh as (
  select distinct s.device_id, {{ day_of('s.queried_at') }} as queried_date
  from {{ ref('device_states') }} as s
  where s._loaded_at > (select coalesce(max(t._bronze_loaded_at), '-infinity') from {{ this }} as t)
    and {{ is_believed('s') }}
),

-- `offset 0` keeps each question of a device a question to the index; as a join the server may read all there is.
following as (
  select f.device_id, {{ day_of('n.queried_at') }} as queried_date
  from fresh as f
  cross join lateral (
    select s.queried_at
    from {{ ref('device_states') }} as s
    where s.device_id = f.device_id and s.queried_at >= {{ start_of('f.queried_date + 1') }} and {{ is_believed('s') }}
    order by s.queried_at
    limit 1
  ) as n
),

affected as (
  select device_id, queried_date from fresh
  union
  select device_id, queried_date from following
),

of_days as (
  select s.*
  from affected as a
  cross join lateral (
    select *
    from {{ ref('device_states') }} as s
    where s.device_id = a.device_id
      and s.queried_at >= {{ start_of('a.queried_date') }} and s.queried_at < {{ start_of('a.queried_date + 1') }}
      and {{ is_believed('s') }}
    offset 0
  ) as s
),

before_days as (
  select s.*
  from affected as a
  cross join lateral (
    select *
    from {{ ref('device_states') }} as s
    where s.device_id = a.device_id and s.queried_at < {{ start_of('a.queried_date') }} and {{ is_believed('s') }}
    order by s.queried_at desc
    limit 1
  ) as s
  where not exists (
    select 1 from affected as o where o.device_id = s.device_id and o.queried_date = {{ day_of('s.queried_at') }}
  )
),

snapshots as (
  select {{ typed_snapshot() }}, true as is_written from of_days
  union all
  select {{ typed_snapshot() }}, false as is_written from before_days
),
{%- else %}

snapshots as (
  select {{ typed_snapshot() }}, true as is_written from {{ ref('device_states') }} as s where {{ is_believed('s') }}
),
{%- endif %}

compared as (
  select
    *,
    lag(queried_at) over by_time as previous_queried_at,
    coalesce(uptime_s < lag(uptime_s) over by_time, false) as had_reset,
    greatest(coalesce(calibration_total - lag(calibration_total) over by_time, 0), 0) as calibrations,
    coalesce(calibration_total < lag(calibration_total) over by_time, false) as calibration_total_fell,
    coalesce(lag(online) over by_time and not online, false) as went_offline
  from snapshots
  window by_time as (partition by device_id order by queried_at)
),

days as (
  select
    *,
    row_number() over (partition by device_id, queried_date order by queried_at desc) as place_from_last,
    count(*) over of_day as snapshot_count,
    count(*) filter (where not online) over of_day as offline_snapshot_count,
    min(queried_at) over of_day as first_queried_at,
    min(previous_queried_at) over of_day as day_previous_queried_at,
    bool_or(had_reset) over of_day as day_had_reset,
    sum(calibrations) over of_day as day_calibrations,
    bool_or(calibration_total_fell) over of_day as day_calibration_total_fell,
    bool_or(went_offline) over of_day as day_went_offline,
    max(_loaded_at) over of_day as day_loaded_at
  from compared
  where is_written
  window of_day as (partition by device_id, queried_date)
)

select
  device_id,
  queried_date,
  customer_id,
  shard,
  site_id,
  room_id,
  queried_at,
  first_queried_at,
  day_previous_queried_at as previous_queried_at,
  cast(snapshot_count as integer) as snapshot_count,
  cast(offline_snapshot_count as integer) as offline_snapshot_count,
  online,
  last_seen,
  uptime_s,
  embedded_version,
  hardware_version,
  temperature,
  humidity,
  valve_position,
  rssi,
  battery_voltage,
  battery_percent,
  calibration_total,
  connectivity_ratio,
  {%- for parameter, _ in configuration_parameters() %}
  {{ parameter }},
  {%- endfor %}
  day_had_reset as had_reset_since_previous_query,
  cast(day_calibrations as integer) as calibrations_since_previous_query,
  day_calibration_total_fell as calibration_total_fell_since_previous_query,
  day_went_offline as went_offline_since_previous_query,
  day_loaded_at as _bronze_loaded_at,
  {{ next_build('_build') }} as _build
from days
where place_from_last = 1
