-- Grain: one row per week (its Monday) and embedded version.
-- Keys: week_start, embedded_version.
-- Inputs: gold last_updates_per_day.
-- Late data: weeks that days were written to since are replaced whole; all of them when the days were built whole.
-- Rules: rows that count only. A device went off line in a week when one of its snapshots there found it off line and the one before had
-- found it on line. A device that ran two versions in a week counts with each, for the days it ran it.
{{ config(
  materialized='incremental',
  incremental_strategy='delete+insert',
  rebuildable=true,
  unique_key='week_start',
  indexes=[{'columns': ['week_start', 'embedded_version'], 'unique': true}, {'columns': ['_build']}]
) }}

with
{%- if is_incremental() %}

changed as (
  select distinct {{ week_of('d.queried_date') }} as week_start
  from {{ ref('last_updates_per_day') }} as d
  where d._build > (select coalesce(max(t._build), 0) from {{ this }} as t)
),

days as (
  select d.*
  from changed as c
  cross join lateral (
    select *
    from {{ ref('last_updates_per_day') }} as l
    where l.queried_date >= c.week_start and l.queried_date < c.week_start + 7
    offset 0
  ) as d
),
{%- else %}

days as (
  select * from {{ ref('last_updates_per_day') }}
),
{%- endif %}

-- One row per device, so that devices are counted without sorting them.
devices as (
  select
    {{ week_of('queried_date') }} as week_start,
    embedded_version,
    device_id,
    count(*) as device_days,
    count(*) filter (where not online) as offline_device_days,
    bool_or(went_offline_since_previous_query) as went_offline,
    bool_or(had_reset_since_previous_query) as had_reset,
    bool_and(not online and offline_snapshot_count = snapshot_count) as was_off_throughout,
    sum(connectivity_ratio) as connectivity_sum,
    count(connectivity_ratio) as connectivity_count,
    min(queried_date) as first_date,
    max(queried_date) as last_date,
    max(_build) as _build
  from days
  where counts
  group by 1, 2, 3
)

select
  week_start,
  embedded_version,
  count(*) as devices,
  count(*) filter (where went_offline) as devices_went_offline,
  count(*) filter (where was_off_throughout) as devices_off_throughout,
  count(*) filter (where had_reset) as devices_with_reset,
  round(cast(count(*) filter (where went_offline) as numeric) / count(*), 4) as went_offline_share,
  cast(sum(device_days) as bigint) as device_days,
  cast(sum(offline_device_days) as bigint) as offline_device_days,
  round(sum(connectivity_sum) / nullif(sum(connectivity_count), 0), 4) as average_connectivity_ratio,
  min(first_date) as first_date,
  max(last_date) as last_date,
  max(_build) as _build
from devices
group by week_start, embedded_version
