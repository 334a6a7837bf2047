-- Grain: one row per device and day of evaluation.
-- Keys: device_id, evaluated_on.
-- Inputs: bronze battery_evaluations.
-- Late data: what bronze loaded since the last build is found by `_loaded_at` and replaces the row.
-- Rules: an evaluation dated more than a day after it was loaded is left out.
{{ config(
  materialized='incremental',
  incremental_strategy='merge',
  rebuildable=true,
  unique_key=['device_id', 'evaluated_on'],
  indexes=[{'columns': ['device_id', 'evaluated_on'], 'unique': true}, {'columns': ['_bronze_loaded_at']}]
) }}

select
  device_id,
  evaluated_on,
  model_version,
  health,
  days_remaining,
  evaluated_on + days_remaining as expected_empty_on,
  object_key,
  _loaded_at as _bronze_loaded_at
from {{ ref('battery_evaluations') }}
where evaluated_on <= cast(_loaded_at + interval '1 day' as date)
{%- if is_incremental() %}
  and _loaded_at > (select coalesce(max(t._bronze_loaded_at), '-infinity') from {{ this }} as t)
{%- endif %}
