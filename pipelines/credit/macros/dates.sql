{# The run's logical date: what depends on today is computed from it, never from now(). #}
{% macro as_of() -%}
  cast('{{ var("as_of") }}' as date)
{%- endmacro %}

{# Whole days from one date to another. #}
{% macro days_between(earlier, later) -%}
  {{ adapter.dispatch('days_between')(earlier, later) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
  ({{ later }} - {{ earlier }})
{%- endmacro %}

{% macro bigquery__days_between(earlier, later) -%}
  date_diff({{ later }}, {{ earlier }}, day)
{%- endmacro %}

{# The calendar day an instant falls on where the companies are, whatever zone the session has. #}
{% macro local_day(instant) -%}
  {{ adapter.dispatch('local_day')(instant, 'America/Sao_Paulo') }}
{%- endmacro %}

{% macro default__local_day(instant, zone) -%}
  cast({{ instant }} at time zone '{{ zone }}' as date)
{%- endmacro %}

{% macro bigquery__local_day(instant, zone) -%}
  date({{ instant }}, '{{ zone }}')
{%- endmacro %}

{# The first date of an invoice that is believed; what is older stays with what has no date. #}
{% macro believed_from() -%}
  cast('2000-01-01' as date)
{%- endmacro %}

{# The first month of invoices that gold keeps: `retention` of payment_analytics_detailed, back from the run's date. #}
{% macro kept_from() -%}
  cast('{{ var("as_of")[:4] | int - 20 }}{{ var("as_of")[4:7] }}-01' as date)
{%- endmacro %}
