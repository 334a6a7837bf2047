-- Grain: one row per device and snapshot, what the API said then.
-- Keys: device_id, queried_at.
-- Inputs: landing device_states (inside a run, the run's own hashed temp table).
-- Late data: merged by version; an older copy that arrives late changes nothing. Snapshots of months that ended 13 months before the run's
-- date are left out. A full refresh merges: what was seen then cannot be asked for again.
{{ config(
  unique_key=['device_id', 'queried_at'],
  version_column='_version',
  hash_column='_row_hash',
  full_refresh=false,
  partition_by={'type': 'range', 'field': 'queried_at', 'granularity': 'month', 'retention': '13 months'},
  indexes=[{'columns': ['_loaded_at']}],
  merge_update_columns=[
    'customer_id', 'shard', 'state', '_cursor', '_version', '_row_hash', '_slice', '_loaded_at', '_source_table', '_run_id',
    '_source_file'
  ]
) }}

select
  device_id,
  customer_id,
  shard,
  queried_at,
  cast(state as jsonb) as state,
  _cursor,
  _version,
  _row_hash,
  _slice,
  {{ load_metadata() }}
from {{ source('landing', 'device_states') }}
