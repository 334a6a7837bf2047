-- Grain: one row per set of batteries.
-- Keys: battery_id.
-- Inputs: bronze battery_registry.
-- Late data: rebuilt whole when bronze changed.
-- Rules: nothing is dropped; what is odd is flagged. Of several sets a device is said to have in use, the one put in last is.
{{ config(materialized='table', indexes=[{'columns': ['battery_id'], 'unique': true}, {'columns': ['device_id']}]) }}

with ranked as (
  select
    *,
    row_number() over (
      partition by device_id order by replaced_on is null desc, installed_on desc, battery_id desc
    ) as place
  from {{ ref('battery_registry') }}
)

select
  battery_id,
  device_id,
  battery_type,
  installed_on,
  replaced_on,
  replaced_on is null and place = 1 as is_in_use,
  replaced_on is null and place > 1 as dq_in_use_twice,
  coalesce(replaced_on < installed_on, false) as dq_replaced_before_installed,
  updated_at
from ranked
