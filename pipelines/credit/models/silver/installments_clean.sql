-- Grain: one row per instalment of the source (`id`).
-- Keys: id.
-- Inputs: bronze installments.
-- Late data: rebuilt whole whenever bronze changes; what depends on the day is left to gold.
-- Rules: no row is dropped and no amount or date is corrected; each oddity has a flag, and gold decides what counts.
-- An instalment is a repeat when invoice, instalment number and seller are all known and stand under a lower id
-- already: invoice numbers are unique within a seller only, and what is unknown repeats nothing. Paying more than the
-- amount is no oddity (interest and fines).

with typed as {{ computed_once() }} (
  select
    id,
    {{ tidy_text('invoice_id') }} as invoice_id,
    installment_number,
    {{ cnpj_standard('buyer_cnpj') }} as buyer_cnpj,
    {{ cnpj_standard('seller_cnpj') }} as seller_cnpj,
    invoice_issue_date,
    due_date,
    paid_date,
    amount,
    paid_amount,
    lower({{ tidy_text('status') }}) as source_status
  from {{ ref('installments') }}
),

flagged as (
  select
    *,
    paid_date is not null as is_paid,
    not {{ cnpj_is_valid('buyer_cnpj') }} as dq_buyer_cnpj_invalid,
    not {{ cnpj_is_valid('seller_cnpj') }} as dq_seller_cnpj_invalid,
    invoice_id is not null and installment_number is not null and seller_cnpj is not null and row_number() over (
      partition by invoice_id, installment_number, seller_cnpj order by id
    ) > 1 as dq_duplicate_invoice,
    invoice_issue_date is null or due_date is null as dq_dates_missing,
    coalesce(due_date < invoice_issue_date, false) as dq_due_before_issued,
    coalesce(paid_date < invoice_issue_date, false) as dq_paid_before_issued,
    amount is null as dq_amount_missing,
    coalesce(amount = 0, false) as dq_amount_zero,
    coalesce(amount < 0, false) as dq_amount_negative,
    coalesce(amount >= {{ absurd_amount() }}, false) as dq_amount_huge,
    coalesce(paid_date is not null and paid_amount < amount, false) as dq_paid_short,
    coalesce(paid_date is null and paid_amount > 0, false) as dq_paid_undated,
    coalesce((source_status = 'paid') <> (paid_date is not null), true) as dq_status_mismatch
  from typed
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
  is_paid,
  dq_buyer_cnpj_invalid,
  dq_seller_cnpj_invalid,
  dq_duplicate_invoice,
  dq_dates_missing,
  dq_due_before_issued,
  dq_paid_before_issued,
  dq_amount_missing,
  dq_amount_zero,
  dq_amount_negative,
  dq_amount_huge,
  dq_paid_short,
  dq_paid_undated,
  dq_status_mismatch,
  {{ flag_count([
    'dq_buyer_cnpj_invalid', 'dq_seller_cnpj_invalid', 'dq_duplicate_invoice', 'dq_dates_missing', 'dq_due_before_issued',
    'dq_paid_before_issued', 'dq_amount_missing', 'dq_amount_zero', 'dq_amount_negative', 'dq_amount_huge',
    'dq_paid_short', 'dq_paid_undated', 'dq_status_mismatch'
  ]) }} as dq_flag_count
from flagged
