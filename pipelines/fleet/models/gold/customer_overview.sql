-- Grain: one row per customer: its figures, and how far they can be believed.
-- Keys: customer_id.
-- Inputs: gold customer_figures, slice_status (of device_states).
-- Late data: a view, so that the status is the engine's newest even where no row of the customer changed.
-- Rules: `situation` tells apart who could not be reached, who was reached in part, and whose devices are all off. Figures of a customer
-- that was not reached are those of its last snapshot within seven days. Without a status (no run has planned the customer) nothing is
-- claimed.
{{ config(materialized='view') }}

select
  coalesce(f.customer_id, s.customer_id) as customer_id,
  case
    when s.slice is null then 'not planned'
    when s.status in ('stale', 'missing') then 'not reached'
    when s.status = 'incomplete' then 'partly reached'
    when coalesce(f.devices_seen, 0) = 0 then 'no devices'
    when f.devices_online = 0 then 'all off'
    else 'reached'
  end as situation,
  s.status as slice_status,
  s.reason as slice_reason,
  s.last_success_at,
  s.expected_entities as devices_expected,
  s.answered_entities as devices_answered,
  greatest(f.newest_last_seen, s.newest_event_at) as newest_last_seen,
  f.as_of,
  coalesce(f.shard, s.shard) as shard,
  f.sites,
  f.rooms,
  f.devices_listed,
  f.devices_seen,
  f.devices_online,
  f.devices_offline,
  f.devices_low_battery,
  f.devices_unknown_firmware,
  f.devices_with_anomaly,
  f.batteries_due,
  f.average_connectivity_ratio,
  f.newest_snapshot_at
from {{ ref('customer_figures') }} as f
full join (
  select * from {{ ref('slice_status') }} where stream = 'device_states'
) as s on s.customer_id = f.customer_id
