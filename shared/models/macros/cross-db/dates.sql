{#-
  Arithmetic of dates. Dates are SQL expressions, `datepart` is day, week, month, … of the template. Names and arguments as
  the original's (dbt-adapters, global_project/macros/utils).
-#}

{% macro date_trunc(datepart, date) -%}
  {{ return(adapter.dispatch('date_trunc', 'dbt')(datepart, date)) }}
{%- endmacro %}
{% macro default__date_trunc(datepart, date) -%}
date_trunc('{{ datepart }}', {{ date }})
{%- endmacro %}
{% macro bigquery__date_trunc(datepart, date) -%}
timestamp_trunc(cast({{ date }} as timestamp), {{ datepart }})
{%- endmacro %}

{% macro dateadd(datepart, interval, from_date_or_timestamp) -%}
  {{ return(adapter.dispatch('dateadd', 'dbt')(datepart, interval, from_date_or_timestamp)) }}
{%- endmacro %}
{% macro default__dateadd(datepart, interval, from_date_or_timestamp) -%}
dateadd({{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}
{#- PostgreSQL knows no interval of a quarter; the original fails on it. -#}
{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) -%}
{%- set unit = '3 month' if datepart | lower == 'quarter' else '1 ' ~ datepart -%}
{{ from_date_or_timestamp }} + ((interval '{{ unit }}') * ({{ interval }}))
{%- endmacro %}
{% macro bigquery__dateadd(datepart, interval, from_date_or_timestamp) -%}
datetime_add(cast({{ from_date_or_timestamp }} as datetime), interval {{ interval }} {{ datepart }})
{%- endmacro %}

{#- How many borders of a datepart lie between two moments; negative when the second is earlier. -#}
{% macro datediff(first_date, second_date, datepart) -%}
  {{ return(adapter.dispatch('datediff', 'dbt')(first_date, second_date, datepart)) }}
{%- endmacro %}
{% macro default__datediff(first_date, second_date, datepart) -%}
datediff({{ datepart }}, {{ first_date }}, {{ second_date }})
{%- endmacro %}
{% macro bigquery__datediff(first_date, second_date, datepart) -%}
datetime_diff(cast({{ second_date }} as datetime), cast({{ first_date }} as datetime), {{ datepart }})
{%- endmacro %}
{% macro postgres__datediff(first_date, second_date, datepart) -%}
{%- set part = datepart | lower -%}
{%- set a = '(' ~ first_date ~ ')::timestamp' -%}
{%- set b = '(' ~ second_date ~ ')::timestamp' -%}
{%- set coarser = {'quarter': ('year', 4), 'month': ('year', 12), 'hour': ('day', 24), 'minute': ('hour', 60),
  'second': ('minute', 60), 'millisecond': ('minute', 60000), 'microsecond': ('minute', 60000000)} -%}
{%- if part == 'day' -%}
(({{ second_date }})::date - ({{ first_date }})::date)
{%- elif part == 'year' -%}
(date_part('year', {{ b }}) - date_part('year', {{ a }}))
{%- elif part == 'week' -%}
{{ postgres__weeks_between(first_date, second_date) }}
{%- elif part in coarser -%}
{%- set whole, times = coarser[part] -%}
({{ datediff(first_date, second_date, whole) }} * {{ times }} + floor(date_part('{{ part }}', {{ b }})) - floor(date_part('{{ part }}', {{ a }})))
{%- else -%}
{{ exceptions.raise_compiler_error("datediff on postgres knows no datepart '" ~ datepart ~ "'") }}
{%- endif -%}
{%- endmacro %}
{#-
  Weeks begin on Sunday. Backwards over whole weeks this is one more than the weeks that lie between, as in the original:
  results of projects hang on it.
-#}
{% macro postgres__weeks_between(first_date, second_date) -%}
({{ datediff(first_date, second_date, 'day') }} / 7 + case
  when date_part('dow', ({{ first_date }})::timestamp) <= date_part('dow', ({{ second_date }})::timestamp)
    then case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
  else case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
end)
{%- endmacro %}

{#- The last day of the datepart a date lies in. -#}
{% macro last_day(date, datepart) -%}
  {{ return(adapter.dispatch('last_day', 'dbt')(date, datepart)) }}
{%- endmacro %}
{% macro default__last_day(date, datepart) -%}
{{ dbt.default_last_day(date, datepart) }}
{%- endmacro %}
{% macro default_last_day(date, datepart) -%}
cast({{ dbt.dateadd('day', '-1', dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date))) }} as date)
{%- endmacro %}

{#- year, month, day: integers of the template. -#}
{% macro date(year, month, day) -%}
  {{ return(adapter.dispatch('date', 'dbt')(year, month, day)) }}
{%- endmacro %}
{% macro default__date(year, month, day) -%}
to_date('{{ modules.datetime.date(year, month, day).strftime('%Y-%m-%d') }}', 'YYYY-MM-DD')
{%- endmacro %}
{% macro bigquery__date(year, month, day) -%}
date({{ year }}, {{ month }}, {{ day }})
{%- endmacro %}
