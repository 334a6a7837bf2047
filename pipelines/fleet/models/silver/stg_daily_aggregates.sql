-- Grain: one row per device and day.
-- Keys: device_id, day.
-- Inputs: bronze daily_aggregates.
-- Late data: what bronze loaded since the last build is found by `_loaded_at` and replaces the day's row. Days of months that ended 13
-- months before the run's date are left out, and go.
-- Rules: a day more than one after it was loaded has not happened, and is left out.
{{ config(
  materialized='incremental',
  incremental_strategy='merge',
  rebuildable=true,
  unique_key=['device_id', 'day'],
  partition_by={'type': 'range', 'field': 'day', 'granularity': 'month', 'retention': '13 months'},
  indexes=[
    {'columns': ['device_id', 'day'], 'unique': true},
    {'columns': ['customer_id', 'day']},
    {'columns': ['_bronze_loaded_at']}
  ]
) }}

select
  device_id,
  day,
  customer_id,
  shard,
  fetched_by,
  cast(metrics ->> 'valve_movement' as numeric) as valve_movement,
  {%- for measure in ['temperature', 'humidity', 'rssi', 'battery_voltage'] %}
  {%- for figure in ['avg', 'min', 'max'] %}
  cast(metrics #>> '{ {{- measure }},{{ figure -}} }' as numeric) as {{ measure }}_{{ figure }},
  {%- endfor %}
  {%- endfor %}
  cast(metrics ->> 'samples' as integer) as samples,
  _loaded_at as _bronze_loaded_at
from {{ ref('daily_aggregates') }} as a
where day <= cast(_loaded_at + interval '1 day' as date)
{%- if is_incremental() %}
  and _loaded_at > (select coalesce(max(t._bronze_loaded_at), '-infinity') from {{ this }} as t)
{%- endif %}
