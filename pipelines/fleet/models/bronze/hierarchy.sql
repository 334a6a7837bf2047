-- Grain: one row per thermostat that was ever listed, where it hung when it was listed last.
-- Keys: device_id.
-- Inputs: landing hierarchy (inside a run, the run's own hashed temp table).
-- Late data: merged by version; an older copy that arrives late changes nothing. A full refresh merges: customers that could not be reached
-- would be gone otherwise.
{{ config(
  unique_key='device_id',
  version_column='_version',
  hash_column='_row_hash',
  full_refresh=false,
  merge_update_columns=[
    'customer_id', 'shard', 'site_id', 'room_id', 'model', 'installed_on', 'queried_at', '_cursor', '_version', '_row_hash',
    '_slice', '_loaded_at', '_source_table', '_run_id', '_source_file'
  ]
) }}

select
  device_id,
  customer_id,
  shard,
  site_id,
  room_id,
  model,
  installed_on,
  queried_at,
  _cursor,
  _version,
  _row_hash,
  _slice,
  {{ load_metadata() }}
from {{ source('landing', 'hierarchy') }}
