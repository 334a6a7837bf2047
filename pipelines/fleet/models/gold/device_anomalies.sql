-- Grain: one row per device and kind of anomaly, over the seven days that end with the run's date.
-- Keys: device_id, kind.
-- Inputs: gold last_updates_per_day.
-- Late data: rebuilt whole when an input or the date changes; reads seven days, whatever is stored.
-- Rules: `reset`: days with a restart; `calibration`: calibrations. A device stands out when its number reaches the least worth a look
-- (vars.least_resets, vars.least_calibrations) and lies above the mean plus three standard deviations of the *other* devices of its
-- hardware. The tested device is no part of what it is tested against, or few would ever stand out. `calibration_total_fell`: the
-- total went back, so the device was replaced or its memory cleared.
{{ config(materialized='table', indexes=[{'columns': ['device_id', 'kind'], 'unique': true}]) }}

with devices as (
  select
    device_id,
    cast(count(*) filter (where had_reset_since_previous_query) as numeric) as resets,
    cast(sum(calibrations_since_previous_query) as numeric) as calibrations,
    cast(count(*) filter (where calibration_total_fell_since_previous_query) as numeric) as falls
  from {{ ref('last_updates_per_day') }}
  where counts and queried_date > {{ as_of() }} - 7 and queried_date <= {{ as_of() }}
  group by device_id
),

latest as (
  select distinct on (device_id) device_id, customer_id, embedded_version, hardware_version
  from {{ ref('last_updates_per_day') }}
  where counts and queried_date > {{ as_of() }} - 7 and queried_date <= {{ as_of() }}
  order by device_id, queried_date desc
),

observed as (
  select l.device_id, l.customer_id, l.embedded_version, l.hardware_version, k.kind, k.observed, k.least
  from latest as l
  join devices as d on d.device_id = l.device_id
  cross join lateral (
    values
      ('reset', d.resets, {{ var('least_resets') }}),
      ('calibration', d.calibrations, {{ var('least_calibrations') }}),
      ('calibration_total_fell', d.falls, 1)
  ) as k (kind, observed, least)
),

beside_others as (
  select
    *,
    count(*) over peers - 1 as others,
    (sum(observed) over peers - observed) / nullif(count(*) over peers - 1, 0) as others_mean,
    (sum(observed * observed) over peers - observed * observed) / nullif(count(*) over peers - 1, 0) as others_mean_square
  from observed
  window peers as (partition by kind, hardware_version)
),

judged as (
  select
    *,
    coalesce(others_mean + 3 * sqrt(greatest(others_mean_square - others_mean * others_mean, 0)), 0) as others_bound
  from beside_others
)

select
  device_id,
  kind,
  {{ as_of() }} as as_of,
  customer_id,
  embedded_version,
  hardware_version,
  cast(observed as integer) as observed,
  cast(others as integer) as other_devices,
  round(others_mean, 4) as others_mean,
  case when kind = 'calibration_total_fell' then null else round(others_bound, 4) end as others_bound
from judged
where observed >= least and (kind = 'calibration_total_fell' or observed > others_bound)
