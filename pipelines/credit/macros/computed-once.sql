{#
  Written after `as`: the rows of a common table expression are computed once. PostgreSQL would otherwise put an expression of
  it in place of each of its uses, and a check digit uses a company number fifty times.
#}
{% macro computed_once() -%}
  {{ adapter.dispatch('computed_once')() }}
{%- endmacro %}

{% macro default__computed_once() -%}
  materialized
{%- endmacro %}

{% macro bigquery__computed_once() -%}
{%- endmacro %}
