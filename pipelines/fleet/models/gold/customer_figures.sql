-- Grain: one row per customer that is listed or was snapshot within seven days, as of the run's date.
-- Keys: customer_id.
-- Inputs: silver stg_hierarchy; gold last_updates_per_day, device_anomalies, battery_health.
-- Late data: rebuilt whole when an input or the date changes; of the daily rows it reads the last seven days.
-- Rules: of states the rows that count. A device is as its last day of the seven says; one without any is not in the figures of states, but in `devices_listed`.
{{ config(materialized='table', indexes=[{'columns': ['customer_id'], 'unique': true}]) }}

with latest as (
  select distinct on (device_id)
    device_id, customer_id, shard, queried_at, online, last_seen, battery_percent, connectivity_ratio, firmware_is_known
  from {{ ref('last_updates_per_day') }}
  where counts and queried_date > {{ as_of() }} - 7 and queried_date <= {{ as_of() }}
  order by device_id, queried_date desc
),

states as (
  select
    customer_id,
    min(shard) as shard,
    count(*) as devices_seen,
    count(*) filter (where online) as devices_online,
    count(*) filter (where not online) as devices_offline,
    count(*) filter (where battery_percent < {{ var('low_battery_percent') }}) as devices_low_battery,
    count(*) filter (where not firmware_is_known) as devices_unknown_firmware,
    round(avg(connectivity_ratio), 4) as average_connectivity_ratio,
    max(queried_at) as newest_snapshot_at,
    max(last_seen) as newest_last_seen
  from latest
  group by customer_id
),

listed as (
  select
    customer_id,
    min(shard) as shard,
    count(*) as devices_listed,
    count(distinct site_id) as sites,
    count(distinct room_id) as rooms
  from {{ ref('stg_hierarchy') }}
  where is_current
  group by customer_id
),

anomalies as (
  select customer_id, count(distinct device_id) as devices_with_anomaly
  from {{ ref('device_anomalies') }}
  group by customer_id
),

batteries as (
  select customer_id, count(*) as batteries_due
  from {{ ref('battery_health') }}
  where is_due
  group by customer_id
)

select
  coalesce(l.customer_id, s.customer_id) as customer_id,
  {{ as_of() }} as as_of,
  coalesce(l.shard, s.shard) as shard,
  coalesce(l.sites, 0) as sites,
  coalesce(l.rooms, 0) as rooms,
  coalesce(l.devices_listed, 0) as devices_listed,
  coalesce(s.devices_seen, 0) as devices_seen,
  coalesce(s.devices_online, 0) as devices_online,
  coalesce(s.devices_offline, 0) as devices_offline,
  coalesce(s.devices_low_battery, 0) as devices_low_battery,
  coalesce(s.devices_unknown_firmware, 0) as devices_unknown_firmware,
  coalesce(a.devices_with_anomaly, 0) as devices_with_anomaly,
  coalesce(b.batteries_due, 0) as batteries_due,
  s.average_connectivity_ratio,
  s.newest_snapshot_at,
  s.newest_last_seen
from listed as l
full join states as s on s.customer_id = l.customer_id
left join anomalies as a on a.customer_id = coalesce(l.customer_id, s.customer_id)
left join batteries as b on b.customer_id = coalesce(l.customer_id, s.customer_id)
