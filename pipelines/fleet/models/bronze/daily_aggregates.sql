-- Grain: one row per device and day, as its back end sums the day up.
-- Keys: device_id, day.
-- Inputs: landing daily_aggregates (inside a run, the run's own hashed temp table).
-- Late data: merged by version; an older copy that arrives late changes nothing. Each run asks for late days again. Days of months that ended
-- 13 months before the run's date are left out. A full refresh merges: a back end keeps its days for a while only.
{{ config(
  unique_key=['device_id', 'day'],
  version_column='_version',
  hash_column='_row_hash',
  full_refresh=false,
  partition_by={'type': 'range', 'field': 'day', 'granularity': 'month', 'retention': '13 months'},
  indexes=[{'columns': ['_loaded_at']}],
  merge_update_columns=[
    'customer_id', 'shard', 'fetched_by', 'metrics', '_cursor', '_version', '_row_hash', '_slice', '_loaded_at', '_source_table',
    '_run_id', '_source_file'
  ]
) }}

select
  device_id,
  customer_id,
  shard,
  day,
  fetched_by,
  cast(metrics as jsonb) as metrics,
  _cursor,
  _version,
  _row_hash,
  _slice,
  {{ load_metadata() }}
from {{ source('landing', 'daily_aggregates') }}
