-- Fails when gold has another number of instalments than silver has within what gold keeps: a join doubled or dropped rows.
select detail.rows_in_gold, clean.rows_in_silver
from (select count(*) as rows_in_gold from {{ ref('payment_analytics_detailed') }}) as detail
cross join (
  select count(*) as rows_in_silver from {{ ref('installments_clean') }}
  where invoice_issue_date is null or invoice_issue_date < {{ believed_from() }} or invoice_issue_date >= {{ kept_from() }}
) as clean
where detail.rows_in_gold <> clean.rows_in_silver
