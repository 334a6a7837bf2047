-- Grain: one row per stream and slice (a customer on its shard) that was ever planned.
-- Keys: stream, slice.
-- Inputs: penstock.penstock_slice_status, which the engine writes before models are built.
-- Late data: a view; it says what the engine last wrote.
-- Rules: three things are kept apart: when a slice was last read as a whole, how many of its devices answered of those expected, and when
-- any of them was last heard. A customer whose devices are all off was read, and all its devices are known; one that was not reached has
-- an old `last_success_at`.
{{ config(materialized='view') }}

select
  stream,
  slice,
  shard,
  split_part(slice, '/', 2) as customer_id,
  status,
  reason,
  run_id,
  last_success_at,
  expected_entities,
  answered_entities,
  newest_event_at,
  updated_at
from {{ source('penstock', 'slice_status') }}
where pipeline = '{{ project_name }}'
