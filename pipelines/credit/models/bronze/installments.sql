-- Grain: one row per instalment of the source.
-- Keys: id.
-- Inputs: landing installments (inside a run, the run's own hashed temp table).
-- Late data: merged by version; an older copy that arrives late changes nothing.
{{ config(
  unique_key='id',
  version_column='_version',
  hash_column='_row_hash',
  merge_update_columns=[
    'invoice_id', 'installment_number', 'buyer_cnpj', 'seller_cnpj', 'invoice_issue_date', 'due_date', 'paid_date', 'amount',
    'paid_amount', 'status', '_cursor', '_version', '_row_hash', '_slice', '_loaded_at', '_source_table', '_run_id',
    '_source_file'
  ]
) }}

select
  id,
  invoice_id,
  installment_number,
  buyer_cnpj,
  seller_cnpj,
  invoice_issue_date,
  due_date,
  paid_date,
  amount,
  paid_amount,
  status,
  _cursor,
  _version,
  _row_hash,
  _slice,
  {{ load_metadata() }}
from {{ source('landing', 'installments') }}
