-- Grain: one row per thermostat that was ever listed; where it hangs, or hung last.
-- Keys: device_id.
-- Inputs: bronze hierarchy.
-- Late data: rebuilt whole when bronze changed.
-- Rules: a customer's listing is one snapshot, taken within minutes. A thermostat that was listed hours before the newest of its customer
-- was missing from that one: it is not current any more.
{{ config(materialized='table', indexes=[{'columns': ['device_id'], 'unique': true}, {'columns': ['customer_id']}]) }}

with listed as (
  select *, max(queried_at) over (partition by customer_id) as customer_listed_at
  from {{ ref('hierarchy') }}
)

select
  device_id,
  customer_id,
  shard,
  site_id,
  room_id,
  model,
  installed_on,
  queried_at as listed_at,
  queried_at > customer_listed_at - interval '{{ var("listing_hours") }} hours' as is_current
from listed
