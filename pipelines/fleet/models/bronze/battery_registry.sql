-- Grain: one row per set of batteries.
-- Keys: battery_id.
-- Inputs: landing battery_registry (inside a run, the run's own hashed temp table).
-- Late data: merged by version; an older copy that arrives late changes nothing.
{{ config(
  unique_key='battery_id',
  version_column='_version',
  hash_column='_row_hash',
  merge_update_columns=[
    'device_id', 'battery_type', 'installed_on', 'replaced_on', 'updated_at', '_cursor', '_version', '_row_hash', '_slice',
    '_loaded_at', '_source_table', '_run_id', '_source_file'
  ]
) }}

select
  battery_id,
  device_id,
  battery_type,
  installed_on,
  replaced_on,
  updated_at,
  _cursor,
  _version,
  _row_hash,
  _slice,
  {{ load_metadata() }}
from {{ source('landing', 'battery_registry') }}
