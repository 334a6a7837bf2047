-- Grain: one row per debtor (`cnpj`, 14 digits where valid), as of the run's date.
-- Keys: cnpj.
-- Inputs: gold payment_analytics_detailed, silver cnpj_ws_clean.
-- Late data: rebuilt whole when an input or the date changes.

with counted as (
  select * from {{ ref('payment_analytics_detailed') }} where counts_in_summary
),

per_seller as (
  select buyer_cnpj, seller_cnpj, sum(amount) as amount
  from counted
  group by buyer_cnpj, seller_cnpj
),

concentration as (
  select buyer_cnpj, round(max(amount) / nullif(sum(amount), 0), 4) as largest_seller_share
  from per_seller
  group by buyer_cnpj
),

payments as (
  select
    buyer_cnpj,
    count(*) as installment_count,
    count(distinct invoice_id) as invoice_count,
    count(distinct seller_cnpj) as seller_count,
    sum(amount) as total_amount,
    sum(case when payment_state = 'paid' then coalesce(paid_amount, 0) else 0 end) as paid_amount,
    count(case when payment_state = 'paid' then 1 end) as paid_count,
    count(case when payment_state = 'overdue' then 1 end) as overdue_count,
    count(case when payment_state = 'paid' and days_late <= 0 then 1 end) as on_time_count,
    count(case when days_late is not null then 1 end) as settled_or_due_count,
    round(avg(case when days_late is not null then greatest(days_late, 0) end), 2) as average_days_late,
    coalesce(max(case when days_late > 0 then days_late end), 0) as worst_days_late,
    sum(outstanding_amount) as exposure,
    sum(case when payment_state = 'overdue' then outstanding_amount else 0 end) as overdue_balance
  from counted
  group by buyer_cnpj
),

registry as (
  select * from (
    select *, row_number() over (
      partition by cnpj_digits order by dq_cnpj_invalid, changed_at desc, cnpj
    ) as position
    from {{ ref('cnpj_ws_clean') }}
    where cnpj_digits is not null
  ) ranked
  where position = 1
),

shares as (
  select
    p.*,
    c.largest_seller_share,
    r.legal_name,
    r.uf,
    r.city,
    r.company_size,
    r.registration_status,
    r.cnpj_digits is not null as is_registered,
    coalesce(r.registration_status = 'ATIVA' and not r.dq_cnpj_invalid, false) as is_in_good_standing,
    round(cast(p.on_time_count as numeric) / nullif(p.settled_or_due_count, 0), 4) as on_time_share,
    round(p.overdue_balance / nullif(p.exposure, 0), 4) as overdue_share
  from payments as p
  join concentration as c on c.buyer_cnpj = p.buyer_cnpj
  left join registry as r on r.cnpj_digits = p.buyer_cnpj
),

scored as (
  select
    *,
    -- A debtor without history stands in the middle of what history could bring.
    cast(round(400 * coalesce(on_time_share, 0.5)) as integer) as score_on_time,
    cast(round(250 * (1 - least(coalesce(average_days_late, 45), 90) / 90.0)) as integer) as score_delay,
    cast(round(200 * (1 - coalesce(overdue_share, 0))) as integer) as score_overdue,
    cast(round(50 * (1 - coalesce(largest_seller_share, 1))) as integer) as score_diversification,
    case when is_in_good_standing then 100 else 0 end as score_registry
  from shares
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
  paid_count,
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
  score_on_time + score_delay + score_overdue + score_diversification + score_registry as risk_score,
  case
    when settled_or_due_count = 0 then 'N'
    when score_on_time + score_delay + score_overdue + score_diversification + score_registry >= 800 then 'A'
    when score_on_time + score_delay + score_overdue + score_diversification + score_registry >= 600 then 'B'
    when score_on_time + score_delay + score_overdue + score_diversification + score_registry >= 400 then 'C'
    else 'D'
  end as risk_band,
  'on time ' || coalesce(cast(round(100 * on_time_share) as text) || '%', 'unknown') || ' (' || score_on_time
    || ' of 400), average delay ' || coalesce(cast(average_days_late as text) || ' days', 'unknown') || ' ('
    || score_delay || ' of 250), overdue ' || coalesce(cast(round(100 * overdue_share) as text) || '%', 'none') || ' of exposure ('
    || score_overdue || ' of 200), largest seller ' || coalesce(cast(round(100 * largest_seller_share) as text) || '%', 'unknown')
    || ' (' || score_diversification || ' of 50), registry ' || case when is_in_good_standing then 'active' else 'not in order' end
    || ' (' || score_registry || ' of 100)' as risk_explanation
from scored
