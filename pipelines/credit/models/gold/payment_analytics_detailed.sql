-- Grain: one row per instalment (`id`), as of the run's date.
-- Keys: id.
-- Inputs: silver installments_clean, cnpj_ws_clean.
-- Late data: rebuilt whole when an input or the date changes.
-- Rules: what is dated after as_of has not happened yet, be it a payment or an invoice. An instalment is overdue from the
-- day after its due date; without a due date it is open. A payment closes it, also a short one (discounts are common
-- and the source keeps no remainder): nothing is outstanding then, and the gap stands in shortfall_amount. A payment
-- dated before its invoice says nothing about punctuality, so days_late is NULL.
-- Partitions: by the month of the invoice, twenty years of them; what has no date, or one before 2000 or after 2049, is in a
-- partition of its own and stays.
{{ config(
  partition_by={
    'type': 'range', 'field': 'invoice_issue_date', 'granularity': 'month', 'retention': '20 years',
    'strays': 'keep', 'earliest': '2000-01-01', 'latest': '2050-01-01'
  }
) }}

with companies as (
  select cnpj_standard, legal_name, uf, city, company_size from {{ ref('cnpj_ws_clean') }} where is_current
),

states as (
  select
    *,
    case
      when paid_date <= {{ as_of() }} then 'paid'
      when due_date < {{ as_of() }} then 'overdue'
      else 'open'
    end as payment_state,
    coalesce(invoice_issue_date > {{ as_of() }}, false) as is_post_dated
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
    when i.payment_state = 'paid' and i.dq_paid_before_issued then null
    when i.payment_state = 'paid' then {{ days_between('i.due_date', 'i.paid_date') }}
    when i.payment_state = 'overdue' then {{ days_between('i.due_date', as_of()) }}
  end as days_late,
  case when i.payment_state = 'paid' then {{ brl(0) }} else greatest(coalesce(i.amount, {{ brl(0) }}), {{ brl(0) }}) end as outstanding_amount,
  case when i.payment_state = 'paid' and i.dq_paid_short then i.amount - i.paid_amount else {{ brl(0) }} end as shortfall_amount,
  i.buyer_cnpj,
  buyer.legal_name as buyer_legal_name,
  buyer.uf as buyer_uf,
  buyer.city as buyer_city,
  buyer.company_size as buyer_company_size,
  i.seller_cnpj,
  seller.legal_name as seller_legal_name,
  seller.uf as seller_uf,
  seller.city as seller_city,
  i.is_post_dated,
  i.dq_duplicate_invoice,
  i.dq_paid_before_issued,
  -- What sums may use: a debtor that is known, an amount that can be owed, an invoice that exists, once.
  i.buyer_cnpj is not null and coalesce(i.amount > 0, false) and not i.dq_amount_huge and not i.is_post_dated
    and not i.dq_duplicate_invoice as counts_in_summary
from states as i
left join companies as buyer on buyer.cnpj_standard = i.buyer_cnpj
left join companies as seller on seller.cnpj_standard = i.seller_cnpj
