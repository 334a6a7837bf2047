{#- Statements by which new rows meet old ones. Names and arguments as the original's (dbt-adapters, materializations/models/incremental). A NULL key never matches. -#}

{% macro get_quoted_csv(column_names) -%}
  {%- set quoted = [] -%}
  {%- for name in column_names -%}{%- do quoted.append(adapter.quote(name)) -%}{%- endfor -%}
  {{ return(quoted | join(', ')) }}
{%- endmacro %}

{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) -%}
{%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
insert into {{ target_relation }} ({{ names }})
(
  select {{ names }}
  from {{ temp_relation }}
)
{%- endmacro %}

{#- Names as written, or quoted when they are the table's. -#}
{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
  {{ return(adapter.dispatch('get_merge_update_columns', 'dbt')(merge_update_columns, merge_exclude_columns, dest_columns)) }}
{%- endmacro %}
{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {{ exceptions.raise_compiler_error('Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config') }}
  {%- elif merge_update_columns -%}
    {{ return([merge_update_columns] if merge_update_columns is string else merge_update_columns) }}
  {%- endif -%}
  {%- set excluded = ([merge_exclude_columns] if merge_exclude_columns is string else merge_exclude_columns or []) | map('lower') | list -%}
  {%- set columns = [] -%}
  {%- for column in dest_columns if column.name | lower not in excluded -%}{%- do columns.append(column.quoted) -%}{%- endfor -%}
  {{ return(columns) }}
{%- endmacro %}

{% macro get_merge_unique_key_match(source_unique_key, target_unique_key) -%}
  {{ return(adapter.dispatch('get_merge_unique_key_match', 'dbt')(source_unique_key, target_unique_key)) }}
{%- endmacro %}
{% macro default__get_merge_unique_key_match(source_unique_key, target_unique_key) -%}
  {{ return(equals(source_unique_key, target_unique_key) | trim) }}
{%- endmacro %}

{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- set predicates = kwargs.get('predicates', incremental_predicates) -%}
  {{ return(adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, predicates)) }}
{%- endmacro %}
{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
{%- set conditions = [] -%}
{%- do conditions.extend([incremental_predicates] if incremental_predicates is string else incremental_predicates or []) -%}
{%- if not unique_key -%}
  {%- do conditions.append('FALSE') -%}
{%- elif unique_key is string -%}
  {%- do conditions.append(get_merge_unique_key_match('DBT_INTERNAL_SOURCE.' ~ unique_key, 'DBT_INTERNAL_DEST.' ~ unique_key)) -%}
{%- else -%}
  {%- for key in unique_key -%}{%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}{%- endfor -%}
{%- endif -%}
{%- set updates = [] -%}
{%- for name in get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
  {%- do updates.append(name ~ ' = DBT_INTERNAL_SOURCE.' ~ name) -%}
{%- endfor -%}
{{ sql_header_lines() -}}
merge into {{ target }} as DBT_INTERNAL_DEST
using {{ source }} as DBT_INTERNAL_SOURCE
on ({{ conditions | join(') and (') }})
{% if unique_key and updates -%}
when matched then update set {{ updates | join(', ') }}
{% endif -%}
when not matched then insert ({{ get_quoted_csv(dest_columns | map(attribute='name')) }})
values ({% for column in dest_columns %}DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
  {{ return(adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates)) }}
{%- endmacro %}
{#- Keys may be expressions over both relations' columns. -#}
{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
{%- if unique_key -%}
{%- set keys = unique_key if unique_key is string else unique_key | join(', ') -%}
delete from {{ target }} as DBT_INTERNAL_DEST
where ({{ keys }}) in (
  select distinct {{ keys }}
  from {{ source }} as DBT_INTERNAL_SOURCE
)
{%- for predicate in ([incremental_predicates] if incremental_predicates is string else incremental_predicates or []) %}
and {{ predicate }}
{%- endfor -%};
{% endif -%}
{{ get_insert_into_sql(target, source, dest_columns) }}
{%- endmacro %}

{% macro get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header=false) -%}
  {{ return(adapter.dispatch('get_insert_overwrite_merge_sql', 'dbt')(target, source, dest_columns, predicates, include_sql_header)) }}
{%- endmacro %}
{% macro default__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header) -%}
{{ sql_header_lines() if include_sql_header -}}
merge into {{ target }} as DBT_INTERNAL_DEST
using {{ source }} as DBT_INTERNAL_SOURCE
on FALSE
when not matched by source {{ 'and ' ~ predicates | join(' and ') if predicates }} then delete
when not matched then insert ({{ get_quoted_csv(dest_columns | map(attribute='name')) }})
values ({% for column in dest_columns %}DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
