{#- Statements that make relations. Names and arguments as the original's (dbt-adapters, global_project/macros/relations). -#}

{% macro get_create_sql(relation, sql) -%}
  {{ return(adapter.dispatch('get_create_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}
{% macro default__get_create_sql(relation, sql) -%}
  {%- if relation.is_view -%}{{ return(get_create_view_as_sql(relation, sql)) }}{%- endif -%}
  {%- if relation.is_table -%}{{ return(get_create_table_as_sql(False, relation, sql)) }}{%- endif -%}
  {%- if relation.is_materialized_view -%}{{ return(get_create_materialized_view_as_sql(relation, sql)) }}{%- endif -%}
  {{ exceptions.raise_compiler_error("`get_create_sql` has not been implemented for: " ~ relation.type) }}
{%- endmacro %}

{% macro get_create_table_as_sql(temporary, relation, sql) -%}
  {{ return(adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql)) }}
{%- endmacro %}
{% macro default__get_create_table_as_sql(temporary, relation, sql) -%}
  {{ return(create_table_as(temporary, relation, sql)) }}
{%- endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if language != 'sql' -%}
    {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language)) }}
  {%- endif -%}
  {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code)) }}
{%- endmacro %}

{% macro default__create_table_as(temporary, relation, sql) -%}
{{ sql_header_lines() }}
{%- set enforced = (config.get('contract') or {}).get('enforced') and not temporary -%}
{%- if enforced -%}{%- do get_assert_columns_equivalent(sql) -%}{%- endif -%}
create {{ 'temporary ' if temporary }}table {{ relation.include(database=not temporary, schema=not temporary) }}
{{ get_table_columns_and_constraints() if enforced }} as (
{{ get_select_subquery(sql) if enforced else sql }}
)
{%- endmacro %}

{#- A table with constraints cannot be made of a query in one statement: it is made empty, then filled. -#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
{{ sql_header_lines() }}
{%- set kind = 'temporary ' if temporary else 'unlogged ' if config.get('unlogged', default=false) else '' -%}
{%- set contract = config.get('contract') or {} -%}
{%- if contract.get('enforced') -%}{%- do get_assert_columns_equivalent(sql) -%}{%- endif -%}
{%- if partition_sql is defined and not temporary -%}
{{ create_partitioned_table_as(relation, sql, contract.get('enforced')) }}
{%- elif contract.get('enforced') and not temporary -%}
create {{ kind }}table {{ relation }}
{{ get_table_columns_and_constraints() }};
insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
(
{{ get_select_subquery(sql) }}
)
{%- else -%}
create {{ kind }}table {{ relation.include(database=not temporary, schema=not temporary) }} as (
{{ sql }}
)
{%- endif -%}
{%- endmacro %}

{#- Rows are gathered first, since the partitions they need must be there before any is written. -#}
{% macro create_partitioned_table_as(relation, sql, enforced) -%}
{%- set rows = 'pg_temp.penstock_rows' -%}
drop table if exists {{ rows }};
create temporary table penstock_rows on commit drop as (
{{ get_select_subquery(sql) if enforced else sql }}
);
{{ partition_sql('delete expired', relation, rows) }}
create table {{ relation }} {{ get_table_columns_and_constraints() if enforced else '(like ' ~ rows ~ ')' }} {{ partition_sql('clause') }};
{{ partition_sql('make', relation, rows) }}
insert into {{ relation }} select * from {{ rows }}
{%- endmacro %}

{% macro get_create_view_as_sql(relation, sql) -%}
  {{ return(adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}
{% macro default__get_create_view_as_sql(relation, sql) -%}
  {{ return(create_view_as(relation, sql)) }}
{%- endmacro %}

{% macro create_view_as(relation, sql) -%}
  {{ return(adapter.dispatch('create_view_as', 'dbt')(relation, sql)) }}
{%- endmacro %}
{% macro default__create_view_as(relation, sql) -%}
{{ sql_header_lines() }}
{%- if (config.get('contract') or {}).get('enforced') -%}{%- do get_assert_columns_equivalent(sql) -%}{%- endif -%}
create view {{ relation.render() }} as (
{{ sql }}
)
{%- endmacro %}

{#- Indexes of a materialized view belong to making it. -#}
{% macro get_create_materialized_view_as_sql(relation, sql) -%}
  {{ return(adapter.dispatch('get_create_materialized_view_as_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}
{% macro default__get_create_materialized_view_as_sql(relation, sql) -%}
  {{ exceptions.raise_compiler_error('`get_create_materialized_view_as_sql` has not been implemented for this adapter.') }}
{%- endmacro %}
{% macro postgres__get_create_materialized_view_as_sql(relation, sql) -%}
create materialized view if not exists {{ relation }} as (
{{ sql }}
);
{%- for index in config.get('indexes') or [] %}
{{ get_create_index_sql(relation, index) }};
{%- endfor -%}
{%- endmacro %}

{#- What `set_sql_header` gave, before the statement. -#}
{% macro sql_header_lines() -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ return(header ~ '\n' if header is not none else '') }}
{%- endmacro %}
