-- Grain: one row per instalment (`id`), as of the run's date.
-- Keys: id.
-- Inputs: silver installments_clean, cnpj_ws_clean.
-- Late data: rebuilt whole when an input or the date changes; a payment dated after as_of does not count yet.

with companies as (
  -- Two spellings of one number would double instalments: the valid, most recently changed one stands for both.
  select * from (
    select *, row_number() over (
      partition by cnpj_digits order by dq_cnpj_invalid, changed_at desc, cnpj
    ) as position
    from {{ ref('cnpj_ws_clean') }}
    where cnpj_digits is not null
  ) ranked
  where position = 1
),

states as (
  select
    *,
    case
      when paid_date <= {{ as_of() }} then 'paid'
      when due_date < {{ as_of() }} then 'overdue'
      else 'open'
    end as payment_state
  from {{ ref('installments_clean') }}
)

select
  i.id,
  {{ as_of() }} as as_of,
  i.invoice_id,
  i.installment_number,
  i.invoice_issue_date,
  i.due_date,
  i.paid_date,
  i.amount,
  i.paid_amount,
  i.payment_state,
  case
    when i.payment_state = 'paid' then {{ days_between('i.due_date', 'i.paid_date') }}
    when i.payment_state = 'overdue' then {{ days_between('i.due_date', as_of()) }}
  end as days_late,
  case when i.payment_state = 'paid' then 0 else greatest(coalesce(i.amount, 0), 0) end as outstanding_amount,
  i.buyer_cnpj,
  buyer.legal_name as buyer_legal_name,
  buyer.uf as buyer_uf,
  buyer.city as buyer_city,
  buyer.company_size as buyer_company_size,
  i.seller_cnpj,
  seller.legal_name as seller_legal_name,
  seller.uf as seller_uf,
  seller.city as seller_city,
  coalesce(i.invoice_issue_date > {{ as_of() }}, false) as is_post_dated,
  i.dq_duplicate_invoice,
  i.dq_paid_before_issued,
  -- What sums may use: no repeats, no unknown or absurd amounts, a known debtor.
  not i.dq_duplicate_invoice and not i.dq_amount_missing and not i.dq_amount_huge
    and i.buyer_cnpj is not null as counts_in_summary
from states as i
left join companies as buyer on buyer.cnpj_digits = i.buyer_cnpj
left join companies as seller on seller.cnpj_digits = i.seller_cnpj
