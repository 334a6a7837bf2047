-- Grain: one row per device and day, as the device was at the day's last snapshot.
-- Keys: device_id, queried_date.
-- Inputs: silver stg_last_updates_per_day; seeds firmware_deployments, data_collection_starts.
-- Late data: months that silver wrote to since are built anew whole; all of them when a seed or this file changed.
-- Rules: `counts` is false before the customer's data collection began (seed); a customer without a date counts from the first row.
-- Unlogged: months rebuild from silver. After a crash of the server the name says so until the next run.
{{ config(
  materialized='incremental',
  incremental_strategy='insert_overwrite',
  unlogged=true,
  unique_key=['device_id', 'queried_date'],
  partition_by={'type': 'range', 'field': 'queried_date', 'granularity': 'month', 'retention': '13 months'},
  indexes=[
    {'columns': ['device_id', 'queried_date'], 'unique': true},
    {'columns': ['queried_date']},
    {'columns': ['customer_id']},
    {'columns': ['device_id']},
    {'columns': ['embedded_version']},
    {'columns': ['hardware_version']},
    {'columns': ['_build']}
  ]
) }}

with
{%- if is_incremental() %}

changed as (
  select distinct {{ month_of('s.queried_date') }} as month
  from {{ ref('stg_last_updates_per_day') }} as s
  where s._build > (select coalesce(max(t._build), 0) from {{ this }} as t)
),

-- `offset 0` keeps this a question about one month after the other, so that the others are not read.
days as (
  select d.*
  from changed as c
  cross join lateral (
    select *
    from {{ ref('stg_last_updates_per_day') }} as s
    where s.queried_date >= c.month and s.queried_date < cast(c.month + interval '1 month' as date)
    offset 0
  ) as d
)
{%- else %}

days as (
  select * from {{ ref('stg_last_updates_per_day') }}
)
{%- endif %}

select
  d.device_id,
  d.queried_date,
  d.customer_id,
  d.shard,
  d.site_id,
  d.room_id,
  d.queried_at,
  d.previous_queried_at,
  d.snapshot_count,
  d.offline_snapshot_count,
  d.online,
  d.last_seen,
  d.uptime_s,
  d.embedded_version,
  d.hardware_version,
  f.ring as firmware_ring,
  f.deployed_on as firmware_deployed_on,
  f.deployed_on is not null as firmware_is_known,
  d.queried_date - f.deployed_on as days_since_deployment,
  d.temperature,
  d.humidity,
  d.valve_position,
  d.rssi,
  d.battery_voltage,
  d.battery_percent,
  d.calibration_total,
  d.connectivity_ratio,
  {%- for parameter, _ in configuration_parameters() %}
  d.{{ parameter }},
  {%- endfor %}
  d.had_reset_since_previous_query,
  d.calibrations_since_previous_query,
  d.calibration_total_fell_since_previous_query,
  d.went_offline_since_previous_query,
  coalesce(d.queried_date >= c.starts_on, true) as counts,
  d._build
from days as d
left join {{ ref('firmware_deployments') }} as f
  on f.embedded_version = d.embedded_version and f.hardware_version = d.hardware_version
left join {{ ref('data_collection_starts') }} as c on c.customer_id = d.customer_id
