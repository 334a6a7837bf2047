-- Grain: one row per thermostat that is listed now, as of the run's date.
-- Keys: device_id.
-- Inputs: silver stg_hierarchy, stg_battery_registry, stg_battery_evaluations; gold last_updates_per_day.
-- Late data: rebuilt whole when an input or the date changes; of the daily rows it reads the last seven days.
-- Rules: what is dated after as_of has not happened. An evaluation made before the batteries in use were put in speaks of those before,
-- so it holds for none. By use: if a charge of p per cent is left after n days, what is left lasts n · p / (100 − p) days; asked only
-- from a twentieth used on. The two disagree when one says twice as long as the other and they are 30 days apart or more.
{{ config(materialized='table', indexes=[{'columns': ['device_id'], 'unique': true}, {'columns': ['customer_id']}]) }}

with measured as (
  select distinct on (device_id) device_id, queried_date, battery_voltage, battery_percent
  from {{ ref('last_updates_per_day') }}
  where counts and queried_date > {{ as_of() }} - 7 and queried_date <= {{ as_of() }} and battery_percent is not null
  order by device_id, queried_date desc
),

evaluated as (
  select distinct on (device_id) device_id, evaluated_on, model_version, health, days_remaining, expected_empty_on
  from {{ ref('stg_battery_evaluations') }}
  where evaluated_on <= {{ as_of() }}
  order by device_id, evaluated_on desc
),

joined as (
  select
    h.device_id,
    h.customer_id,
    h.shard,
    r.battery_id,
    r.battery_type,
    r.installed_on as battery_installed_on,
    {{ as_of() }} - r.installed_on as battery_age_days,
    m.queried_date as measured_on,
    m.battery_voltage,
    m.battery_percent,
    e.evaluated_on,
    e.model_version,
    coalesce(e.evaluated_on >= r.installed_on, e.evaluated_on is not null) as evaluation_holds,
    e.health,
    e.expected_empty_on - {{ as_of() }} as days_remaining
  from {{ ref('stg_hierarchy') }} as h
  left join {{ ref('stg_battery_registry') }} as r
    on r.device_id = h.device_id and r.is_in_use and r.installed_on <= {{ as_of() }}
  left join measured as m on m.device_id = h.device_id
  left join evaluated as e on e.device_id = h.device_id
  where h.is_current
),

estimated as (
  select
    *,
    case when evaluation_holds then health end as evaluated_health,
    -- The larger of nothing and 0 would be 0.
    case when evaluation_holds and days_remaining is not null then greatest(days_remaining, 0) end as days_remaining_evaluated,
    case
      when battery_age_days > 0 and battery_percent between 0 and 95
        then cast(round(battery_age_days * battery_percent / (100 - battery_percent)) as integer)
    end as days_remaining_by_use
  from joined
)

select
  device_id,
  {{ as_of() }} as as_of,
  customer_id,
  shard,
  battery_id,
  battery_type,
  battery_installed_on,
  battery_age_days,
  measured_on,
  battery_voltage,
  battery_percent,
  evaluated_on,
  model_version,
  evaluation_holds,
  evaluated_health,
  days_remaining_evaluated,
  days_remaining_by_use,
  coalesce(
    abs(days_remaining_by_use - days_remaining_evaluated) >= 30
      and greatest(days_remaining_by_use, days_remaining_evaluated)
        >= 2 * least(days_remaining_by_use, days_remaining_evaluated),
    false
  ) as disagrees,
  coalesce(least(days_remaining_evaluated, days_remaining_by_use) <= {{ var('replace_within_days') }}, false) as is_due
from estimated
