-- Grain: one row per payment of the source.
-- Keys: id.
-- Inputs: landing payments (inside a run, the run's own hashed temp table).
-- Late data: merged by version; an older copy that arrives late changes nothing.
{{ config(
  unique_key='id',
  version_column='_version',
  hash_column='_row_hash',
  merge_update_columns=[
    'invoice_id', 'number', 'buyer', 'seller', 'issued', 'paid', 'amount', 'status', 'updated_at', '_cursor', '_version',
    '_row_hash', '_slice', '_loaded_at', '_source_table', '_run_id', '_source_file'
  ]
) }}

select
  id,
  invoice_id,
  number,
  buyer,
  seller,
  issued,
  paid,
  amount,
  status,
  updated_at,
  _cursor,
  _version,
  _row_hash,
  _slice,
  {{ load_metadata() }}
from {{ source('landing', 'payments') }}
