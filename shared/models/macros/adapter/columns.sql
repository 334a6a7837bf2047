{#- Columns of relations and queries, and changing them. Names and arguments as the original's (dbt-adapters, global_project/macros/adapters/columns.sql). -#}

{% macro get_columns_in_relation(relation) -%}
  {{ return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) }}
{%- endmacro %}
{#- The adapter asks the catalogue itself; a project's own form of this macro comes before it. -#}
{% macro default__get_columns_in_relation(relation) -%}
  {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}
{% macro sql_convert_columns_in_relation(table) -%}
  {%- set columns = [] -%}
  {%- for row in table -%}{%- do columns.append(api.Column(*row)) -%}{%- endfor -%}
  {{ return(columns) }}
{%- endmacro %}
{% macro get_list_of_column_names(columns) -%}
  {{ return(columns | map(attribute='name') | list) }}
{%- endmacro %}

{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
  {{ return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) }}
{%- endmacro %}
{% macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
{{ select_sql_header ~ '\n' if select_sql_header is not none -}}
select * from (
{{ select_sql }}
) as __dbt_sbq
where false limit 0
{%- endmacro %}

{#- A query of no rows with the columns that the model's properties declare. -#}
{% macro get_empty_schema_sql(columns) -%}
  {{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) }}
{%- endmacro %}
{% macro default__get_empty_schema_sql(columns) -%}
  {%- set untyped = [] -%}
  {%- set unsized = [] -%}
  {%- set casts = [] -%}
  {%- for name in columns -%}
    {%- set column = columns[name] -%}
    {%- if not column['data_type'] -%}{%- do untyped.append(column['name']) -%}
    {%- elif column['data_type'].strip().lower() in ['numeric', 'decimal', 'number'] -%}{%- do unsized.append(column['name']) -%}
    {%- endif -%}
    {%- do casts.append('cast(null as ' ~ column['data_type'] ~ ') as ' ~ (adapter.quote(column['name']) if column.get('quote') else column['name'])) -%}
  {%- endfor -%}
  {%- if untyped -%}
    {{ exceptions.column_type_missing(column_names=untyped) }}
  {%- elif unsized -%}
    {%- do exceptions.warn('Detected columns with numeric type and unspecified precision/scale, this can lead to unintended rounding: ' ~ unsized) -%}
  {%- endif -%}
  {{ return('select ' ~ casts | join(', ')) }}
{%- endmacro %}

{% macro get_column_schema_from_query(select_sql, select_sql_header=none) -%}
  {{ return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) }}
{%- endmacro %}
{% macro get_columns_in_query(select_sql) -%}
  {{ return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) }}
{%- endmacro %}
{% macro default__get_columns_in_query(select_sql) -%}
  {%- call statement('get_columns_in_query', fetch_result=True, auto_begin=False) -%}{{ get_empty_subquery_sql(select_sql) }}{%- endcall -%}
  {{ return(load_result('get_columns_in_query').table.columns.values() | map(attribute='name') | list) }}
{%- endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) -%}
  {{ return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) }}
{%- endmacro %}
{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
  {%- set actions = [] -%}
  {%- for column in add_columns or [] -%}{%- do actions.append('add column ' ~ column.quoted ~ ' ' ~ column.data_type) -%}{%- endfor -%}
  {%- for column in remove_columns or [] -%}{%- do actions.append('drop column ' ~ column.quoted) -%}{%- endfor -%}
  {%- if actions -%}
    {%- do run_query('alter ' ~ (relation.type or 'table') ~ ' ' ~ relation.render() ~ ' ' ~ actions | join(', ')) -%}
  {%- endif -%}
{%- endmacro %}

{#- By way of a second column, as the original: the column moves to the end, and views that read it are dropped. -#}
{% macro alter_column_type(relation, column_name, new_column_type) -%}
  {{ return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) }}
{%- endmacro %}
{% macro default__alter_column_type(relation, column_name, new_column_type) -%}
  {%- set table = relation.render() -%}
  {%- set old = adapter.quote(column_name) -%}
  {%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
  {%- call statement('alter_column_type') -%}
alter table {{ table }} add column {{ new }} {{ new_column_type }};
update {{ table }} set {{ new }} = {{ old }};
alter table {{ table }} drop column {{ old }} cascade;
alter table {{ table }} rename column {{ new }} to {{ old }}
  {%- endcall -%}
{%- endmacro %}
