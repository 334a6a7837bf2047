-- Fails with every debtor whose counts do not add up, who owes overdue more than is owed, or whose sums differ from
-- those of the instalments that count.
select s.cnpj
from {{ ref('company_payment_summary') }} as s
left join (
  select buyer_cnpj, count(*) as installments, sum(amount) as amount, sum(outstanding_amount) as outstanding
  from {{ ref('payment_analytics_detailed') }}
  where counts_in_summary
  group by buyer_cnpj
) as d on d.buyer_cnpj = s.cnpj
where s.installment_count <> s.paid_count + s.open_count + s.overdue_count
   or s.overdue_balance > s.exposure
   or coalesce(d.installments, 0) <> s.installment_count
   or coalesce(d.amount, 0) <> s.total_amount
   or coalesce(d.outstanding, 0) <> s.exposure
