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
