-- Grain: one row per debtor (`cnpj`, standardised), as of the run's date.
-- Keys: cnpj.
-- Inputs: gold payment_analytics_detailed, silver cnpj_ws_clean.
-- Late data: rebuilt whole when an input or the date changes.
-- Rules: only instalments that count (see payment_analytics_detailed). Punctuality looks at those paid or overdue with a due
-- date; the others have no history yet. A payment without an amount paid the whole instalment. Invoice numbers are
-- unique within a seller. Instalments without a seller are taken as of one seller: concentration errs upwards.
-- Score: 400 on-time share, 250 average delay (none at 90 days), 200 overdue share of exposure, 50 spread over sellers,
-- 100 registry in order. Without history the first two stand in the middle and the band is N. Why: DECISIONS.md.

with counted as (
  select * from {{ ref('payment_analytics_detailed') }} where counts_in_summary
),

per_seller as (
  select buyer_cnpj, seller_cnpj, sum(amount) as amount
  from counted
  group by buyer_cnpj, seller_cnpj
),

concentration as (
  select buyer_cnpj, round(max(amount) / sum(amount), 4) as largest_seller_share
  from per_seller
  group by buyer_cnpj
),

payments as (
  select
    buyer_cnpj,
    count(*) as installment_count,
    count(distinct case when invoice_id is not null then coalesce(seller_cnpj, '') || '/' || invoice_id end) as invoice_count,
    count(distinct seller_cnpj) as seller_count,
    sum(amount) as total_amount,
    sum(case when payment_state = 'paid' then coalesce(paid_amount, amount) else {{ brl(0) }} end) as paid_amount,
    sum(shortfall_amount) as shortfall_amount,
    count(case when payment_state = 'paid' then 1 end) as paid_count,
    count(case when payment_state = 'open' then 1 end) as open_count,
    count(case when payment_state = 'overdue' then 1 end) as overdue_count,
    count(case when payment_state = 'paid' and days_late <= 0 then 1 end) as on_time_count,
    count(days_late) as history_count,
    round(avg(cast(case when days_late > 0 then days_late when days_late <= 0 then 0 end as numeric)), 2) as average_days_late,
    coalesce(max(case when days_late > 0 then days_late end), 0) as worst_days_late,
    sum(outstanding_amount) as exposure,
    sum(case when payment_state = 'overdue' then outstanding_amount else {{ brl(0) }} end) as overdue_balance
  from counted
  group by buyer_cnpj
),

shares as (
  select
    p.*,
    c.largest_seller_share,
    r.legal_name,
    r.uf,
    r.city,
    r.company_size,
    r.cnpj_standard is not null as is_registered,
    coalesce(r.registration_status = 'ATIVA' and not r.dq_cnpj_invalid, false) as is_in_good_standing,
    round(cast(p.on_time_count as numeric) / nullif(p.history_count, 0), 4) as on_time_share,
    round(p.overdue_balance / nullif(p.exposure, 0), 4) as overdue_share
  from payments as p
  join concentration as c on c.buyer_cnpj = p.buyer_cnpj
  left join {{ ref('cnpj_ws_clean') }} as r on r.cnpj_standard = p.buyer_cnpj and r.is_current
),

scored as (
  select
    *,
    cast(round(coalesce(400 * on_time_share, 200)) as integer) as score_on_time,
    cast(round(250 * (1 - least(coalesce(average_days_late, 45), 90) / 90)) as integer) as score_delay,
    cast(round(200 * (1 - coalesce(overdue_share, 0))) as integer) as score_overdue,
    cast(round(50 * (1 - largest_seller_share)) as integer) as score_diversification,
    case when is_in_good_standing then 100 else 0 end as score_registry
  from shares
),

totals as (
  select
    *,
    score_on_time + score_delay + score_overdue + score_diversification + score_registry as risk_score
  from scored
)

select
  buyer_cnpj as cnpj,
  {{ as_of() }} as as_of,
  legal_name,
  uf,
  city,
  company_size,
  is_registered,
  is_in_good_standing,
  installment_count,
  invoice_count,
  seller_count,
  total_amount,
  paid_amount,
  shortfall_amount,
  paid_count,
  open_count,
  overdue_count,
  on_time_share,
  average_days_late,
  worst_days_late,
  exposure,
  overdue_balance,
  largest_seller_share,
  score_on_time,
  score_delay,
  score_overdue,
  score_diversification,
  score_registry,
  risk_score,
  case
    when history_count = 0 then 'N'
    when risk_score >= 800 then 'A'
    when risk_score >= 600 then 'B'
    when risk_score >= 400 then 'C'
    else 'D'
  end as risk_band,
  'on time ' || coalesce({{ percent('on_time_share') }}, 'unknown') || ' (' || {{ as_text('score_on_time') }} || ' of 400), '
    || 'average delay ' || coalesce({{ as_text('average_days_late') }} || ' days', 'unknown')
    || ' (' || {{ as_text('score_delay') }} || ' of 250), '
    || coalesce('overdue ' || {{ percent('overdue_share') }} || ' of exposure', 'nothing outstanding')
    || ' (' || {{ as_text('score_overdue') }} || ' of 200), '
    || 'largest seller ' || {{ percent('largest_seller_share') }}
    || ' (' || {{ as_text('score_diversification') }} || ' of 50), '
    || 'registry ' || case
      when is_in_good_standing then 'active'
      when is_registered then 'not in order'
      else 'unknown'
    end
    || ' (' || {{ as_text('score_registry') }} || ' of 100)' as risk_explanation
from totals
