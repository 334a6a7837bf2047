-- Grain: one row per company number as the registry wrote it (`cnpj`).
-- Keys: cnpj.
-- Inputs: bronze cnpj_ws.
-- Late data: rebuilt whole whenever bronze changes; a late row shows with the next run.
-- Rules: no row is dropped and nothing is guessed. What can be standardised is (number, state, city, blanks); what
-- cannot is NULL or left as it is, with a flag. Days are those of São Paulo, not of the session.

with companies as {{ computed_once() }} (
  select
    cnpj,
    {{ cnpj_standard('cnpj') }} as cnpj_standard,
    {{ tidy_text('legal_name') }} as legal_name,
    {{ tidy_text('trade_name') }} as trade_name,
    {{ standard_text('uf') }} as written_uf,
    {{ standard_text('city') }} as city,
    {{ tidy_text('main_cnae') }} as main_cnae,
    {{ standard_text('company_size') }} as company_size,
    {{ tidy_text('legal_nature') }} as legal_nature,
    share_capital,
    opening_date,
    {{ standard_text('registration_status') }} as registration_status,
    created_at,
    coalesce(updated_at, created_at) as changed_at
  from {{ ref('cnpj_ws') }}
),

flagged as (
  select
    *,
    not {{ cnpj_is_valid('cnpj_standard') }} as dq_cnpj_invalid,
    legal_name is null as dq_name_missing,
    written_uf is null as dq_uf_missing,
    coalesce(written_uf not in ('{{ brazilian_states() | join("', '") }}'), false) as dq_uf_unknown,
    city is null as dq_city_missing,
    share_capital is null or share_capital = 0
      or share_capital >= {{ absurd_amount() }} as dq_share_capital_suspicious,
    opening_date is null or opening_date < date '1900-01-01'
      or opening_date > {{ local_day('created_at') }} as dq_opening_date_suspicious
  from companies
)

select
  cnpj,
  cnpj_standard,
  -- Two spellings of one number are one company: the one changed last speaks for it, or gold would double instalments.
  cnpj_standard is not null and row_number() over (
    partition by cnpj_standard order by changed_at desc, cnpj
  ) = 1 as is_current,
  legal_name,
  trade_name,
  case when not dq_uf_unknown then written_uf end as uf,
  city,
  main_cnae,
  company_size,
  legal_nature,
  share_capital,
  opening_date,
  registration_status,
  created_at,
  changed_at,
  dq_cnpj_invalid,
  dq_name_missing,
  dq_uf_missing,
  dq_uf_unknown,
  dq_city_missing,
  dq_share_capital_suspicious,
  dq_opening_date_suspicious,
  {{ flag_count([
    'dq_cnpj_invalid', 'dq_name_missing', 'dq_uf_missing', 'dq_uf_unknown', 'dq_city_missing',
    'dq_share_capital_suspicious', 'dq_opening_date_suspicious'
  ]) }} as dq_flag_count
from flagged
