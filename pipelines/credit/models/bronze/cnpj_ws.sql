-- Grain: one row per company of the source.
-- Keys: cnpj.
-- Inputs: landing cnpj_ws (inside a run, the run's own hashed temp table).
-- Late data: merged by version; an older copy that arrives late changes nothing.
{{ config(
  unique_key='cnpj',
  version_column='_version',
  hash_column='_row_hash',
  merge_update_columns=[
    'legal_name', 'trade_name', 'uf', 'city', 'main_cnae', 'company_size', 'legal_nature', 'share_capital', 'opening_date',
    'registration_status', 'created_at', 'updated_at', '_cursor', '_version', '_row_hash', '_slice', '_loaded_at',
    '_source_table', '_run_id', '_source_file'
  ]
) }}

select
  cnpj,
  legal_name,
  trade_name,
  uf,
  city,
  main_cnae,
  company_size,
  legal_nature,
  share_capital,
  opening_date,
  registration_status,
  created_at,
  updated_at,
  _cursor,
  _version,
  _row_hash,
  _slice,
  {{ load_metadata() }}
from {{ source('landing', 'cnpj_ws') }}
