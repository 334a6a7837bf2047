-- Grain: one row per company number as the registry wrote it (`cnpj`).
-- Keys: cnpj.
-- Inputs: bronze cnpj_ws.
-- Late data: rebuilt whole whenever bronze changes; a late row shows with the next run.

with companies as (
  select *, {{ cnpj_digits('cnpj') }} as cnpj_digits, nullif(upper(trim(uf)), '') as standard_uf
  from {{ ref('cnpj_ws') }}
),

flagged as (
  select
    *,
    not {{ cnpj_is_valid('cnpj_digits') }} as dq_cnpj_invalid,
    legal_name is null as dq_name_missing,
    standard_uf is null as dq_uf_missing,
    standard_uf is not null
      and standard_uf not in ('{{ brazilian_states() | join("', '") }}') as dq_uf_unknown,
    {{ standard_text('city') }} is null as dq_city_missing,
    share_capital is null or share_capital = 0 or share_capital >= 1000000000000 as dq_share_capital_suspicious,
    opening_date is null or opening_date < date '1900-01-01'
      or opening_date > cast(created_at as date) as dq_opening_date_suspicious
  from companies
)

select
  cnpj,
  cnpj_digits,
  legal_name,
  trade_name,
  case when not dq_uf_unknown then standard_uf end as uf,
  {{ standard_text('city') }} as city,
  main_cnae,
  company_size,
  legal_nature,
  share_capital,
  opening_date,
  upper(registration_status) as registration_status,
  created_at,
  coalesce(updated_at, created_at) as changed_at,
  dq_cnpj_invalid,
  dq_name_missing,
  dq_uf_missing,
  dq_uf_unknown,
  dq_city_missing,
  dq_share_capital_suspicious,
  dq_opening_date_suspicious,
  cast(dq_cnpj_invalid as integer) + cast(dq_name_missing as integer) + cast(dq_uf_missing as integer)
    + cast(dq_uf_unknown as integer) + cast(dq_city_missing as integer)
    + cast(dq_share_capital_suspicious as integer) + cast(dq_opening_date_suspicious as integer) as dq_flag_count
from flagged
