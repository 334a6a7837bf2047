-- Grain: one row per device and day of evaluation.
-- Keys: device_id, evaluated_on.
-- Inputs: landing battery_evaluations (inside a run, the run's own hashed temp table).
-- Late data: merged by version: of two files about one day the one read later holds. A full refresh merges: objects are read once.
{{ config(
  unique_key=['device_id', 'evaluated_on'],
  version_column='_version',
  hash_column='_row_hash',
  full_refresh=false,
  indexes=[{'columns': ['_loaded_at']}],
  merge_update_columns=[
    'model_version', 'health', 'days_remaining', 'object_key', '_cursor', '_version', '_row_hash', '_slice', '_loaded_at',
    '_source_table', '_run_id', '_source_file'
  ]
) }}

select
  device_id,
  evaluated_on,
  model_version,
  health,
  days_remaining,
  object_key,
  _cursor,
  _version,
  _row_hash,
  _slice,
  {{ load_metadata() }}
from {{ source('landing', 'battery_evaluations') }}
