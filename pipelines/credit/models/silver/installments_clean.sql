-- Grain: one row per instalment of the source (`id`).
-- Keys: id.
-- Inputs: bronze installments.
-- Late data: rebuilt whole whenever bronze changes; what depends on the day is left to gold.

with typed as (
  select
    id,
    nullif(trim(invoice_id), '') as invoice_id,
    installment_number,
    {{ cnpj_digits('buyer_cnpj') }} as buyer_cnpj,
    {{ cnpj_digits('seller_cnpj') }} as seller_cnpj,
    invoice_issue_date,
    due_date,
    paid_date,
    amount,
    paid_amount,
    lower(nullif(trim(status), '')) as source_status
  from {{ ref('installments') }}
)

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
  source_status,
  paid_date is not null as is_paid,
  not {{ cnpj_is_valid('buyer_cnpj') }} as dq_buyer_cnpj_invalid,
  not {{ cnpj_is_valid('seller_cnpj') }} as dq_seller_cnpj_invalid,
  invoice_id is not null and row_number() over (
    partition by invoice_id, installment_number, seller_cnpj order by id
  ) > 1 as dq_duplicate_invoice,
  coalesce(paid_date < invoice_issue_date, false) as dq_paid_before_issued,
  invoice_issue_date is null or due_date is null as dq_dates_missing,
  amount is null as dq_amount_missing,
  coalesce(amount = 0, false) as dq_amount_zero,
  coalesce(amount >= 1000000000000, false) as dq_amount_huge,
  coalesce((source_status = 'paid') <> (paid_date is not null), true) as dq_status_mismatch
from typed
