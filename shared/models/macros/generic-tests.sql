{#-
  The four tests every project has; a query of the rows that fail. Names and arguments as the original's (dbt-core,
  include/global_project/tests/generic/builtin.sql; dbt-adapters, macros/generic_test_sql).
-#}

{% test not_null(model, column_name) %}
  {{ return(adapter.dispatch('test_not_null', 'dbt')(model, column_name)) }}
{% endtest %}
{% macro default__test_not_null(model, column_name) %}
select {{ '*' if should_store_failures() else column_name }} from {{ model }} where {{ column_name }} is null
{% endmacro %}

{#- NULLs are not counted. -#}
{% test unique(model, column_name) %}
  {{ return(adapter.dispatch('test_unique', 'dbt')(model, column_name)) }}
{% endtest %}
{% macro default__test_unique(model, column_name) %}
select {{ column_name }} as unique_field, count(*) as n_records from {{ model }}
where {{ column_name }} is not null group by {{ column_name }} having count(*) > 1
{% endmacro %}

{#- One row per value that is not among them, whatever number of rows has it. NULL passes; a NULL among the values lets everything pass. -#}
{% test accepted_values(model, column_name, values, quote=True) %}
  {{ return(adapter.dispatch('test_accepted_values', 'dbt')(model, column_name, values, quote)) }}
{% endtest %}
{% macro default__test_accepted_values(model, column_name, values, quote=True) %}
with all_values as (
  select {{ column_name }} as value_field, count(*) as n_records from {{ model }} group by {{ column_name }}
)
select * from all_values
where value_field not in (
  {% for value in values -%}
    {{ "'" ~ value ~ "'" if quote else value }}{{ ', ' if not loop.last }}
  {%- endfor %}
)
{% endmacro %}
{#- The original leaves escaping to the project: a value may come with its quotes doubled, or, here only, as it is. -#}
{% macro postgres__test_accepted_values(model, column_name, values, quote=True) %}
  {%- set escaped = [] -%}
  {%- for value in values -%}
    {%- do escaped.append(value | string | replace("''", "'") | replace("'", "''") if quote else value) -%}
  {%- endfor -%}
{{ default__test_accepted_values(model, column_name, escaped, quote) }}
{% endmacro %}

{#- NULL passes. -#}
{% test relationships(model, column_name, to, field) %}
  {{ return(adapter.dispatch('test_relationships', 'dbt')(model, column_name, to, field)) }}
{% endtest %}
{% macro default__test_relationships(model, column_name, to, field) %}
with child as (
  select {{ column_name }} as from_field from {{ model }} where {{ column_name }} is not null
), parent as (
  select {{ field }} as to_field from {{ to }}
)
select from_field from child left join parent on child.from_field = parent.to_field where parent.to_field is null
{% endmacro %}
