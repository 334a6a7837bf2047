-- Fails with every debtor whose score leaves 0–1000 or is not the sum of its parts.
select cnpj
from {{ ref('company_payment_summary') }}
where risk_score not between 0 and 1000
   or risk_score <> score_on_time + score_delay + score_overdue + score_diversification + score_registry
