{#- Statements that make, move and drop relations. Names and arguments as the original's (dbt-adapters, global_project/macros/relations). -#}

{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code)) }}
{%- endmacro %}

{% macro default__create_table_as(temporary, relation, sql) -%}
create {% if temporary %}temporary {% endif %}table {{ relation.include(schema=not temporary) }} as (
{{ sql }}
)
{%- endmacro %}

{% macro postgres__create_table_as(temporary, relation, sql) -%}
{%- set sql_header = config.get('sql_header', none) -%}
{{ sql_header if sql_header is not none }}
{% set contract = config.get('contract') -%}
{%- if contract and contract.enforced and not temporary %}
  {{- get_assert_columns_equivalent(sql) }}
create {% if config.get('unlogged') %}unlogged {% endif %}table {{ relation }} (
  {{ get_table_columns_and_constraints() }}
);
insert into {{ relation }} ({{ get_column_names() }}) (
{{ get_select_subquery(sql) }}
)
{%- else -%}
create {% if temporary %}temporary {% elif config.get('unlogged') %}unlogged {% endif %}table {{ relation.include(schema=not temporary) }} as (
{{ sql }}
)
{%- endif -%}
{%- endmacro %}

{% macro get_create_table_as_sql(temporary, relation, sql) -%}
  {{ return(adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql)) }}
{%- endmacro %}
{% macro default__get_create_table_as_sql(temporary, relation, sql) -%}
  {{ return(create_table_as(temporary, relation, sql)) }}
{%- endmacro %}

{% macro create_view_as(relation, sql) -%}
  {{ return(adapter.dispatch('create_view_as', 'dbt')(relation, sql)) }}
{%- endmacro %}
{% macro default__create_view_as(relation, sql) -%}
{%- set sql_header = config.get('sql_header', none) -%}
{{ sql_header if sql_header is not none }}
{%- set contract = config.get('contract') -%}
{%- if contract and contract.enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
create view {{ relation }} as (
{{ sql }}
);
{%- endmacro %}

{% macro get_create_view_as_sql(relation, sql) -%}
  {{ return(adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}
{% macro default__get_create_view_as_sql(relation, sql) -%}
  {{ return(create_view_as(relation, sql)) }}
{%- endmacro %}

{% macro drop_relation(relation) -%}
  {% do adapter.drop_relation(relation) %}
{%- endmacro %}
{% macro drop_relation_if_exists(relation) -%}
  {% if relation is not none %}{% do adapter.drop_relation(relation) %}{% endif %}
{%- endmacro %}
{% macro rename_relation(from_relation, to_relation) -%}
  {% do adapter.rename_relation(from_relation, to_relation) %}
{%- endmacro %}
{% macro truncate_relation(relation) -%}
  {% do adapter.truncate_relation(relation) %}
{%- endmacro %}
{% macro create_schema(relation) -%}
  {% do adapter.create_schema(relation) %}
{%- endmacro %}
{% macro drop_schema(relation) -%}
  {% do adapter.drop_schema(relation) %}
{%- endmacro %}
{% macro load_relation(relation) -%}
  {{ return(adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier)) }}
{%- endmacro %}
{% macro load_cached_relation(relation) -%}
  {{ return(load_relation(relation)) }}
{%- endmacro %}
{% macro get_columns_in_relation(relation) -%}
  {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}
{% macro list_relations_without_caching(schema_relation) -%}
  {{ return(adapter.list_relations_without_caching(schema_relation)) }}
{%- endmacro %}
{% macro check_schema_exists(information_schema, schema) -%}
  {{ return(adapter.check_schema_exists(none, schema)) }}
{%- endmacro %}

{% macro get_or_create_relation(database, schema, identifier, type) -%}
  {%- set found = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
  {%- if found -%}{{ return([true, found]) }}{%- endif -%}
  {{ return([false, api.Relation.create(database=database, schema=schema, identifier=identifier, type=type)]) }}
{%- endmacro %}

{% macro make_relation_with_suffix(base_relation, suffix, dstring) -%}
  {%- if dstring -%}
    {%- set suffix = suffix ~ modules.datetime.datetime.now().strftime('%H%M%S%f') -%}
  {%- endif -%}
  {#- PostgreSQL cuts names after 63 bytes, which would make this one the name it is derived from. -#}
  {%- set identifier = base_relation.identifier[: 63 - (suffix | length)] ~ suffix -%}
  {{ return(base_relation.incorporate(path={'identifier': identifier})) }}
{%- endmacro %}
{% macro make_temp_relation(base_relation, suffix='__dbt_tmp') -%}
  {{ return(adapter.dispatch('make_temp_relation', 'dbt')(base_relation, suffix)) }}
{%- endmacro %}
{% macro default__make_temp_relation(base_relation, suffix) -%}
  {{ return(make_relation_with_suffix(base_relation, suffix, dstring=true).incorporate(type='table', path={'schema': none, 'database': none})) }}
{%- endmacro %}
{% macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') -%}
  {{ return(make_relation_with_suffix(base_relation, suffix, dstring=false)) }}
{%- endmacro %}
{% macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') -%}
  {{ return(make_relation_with_suffix(base_relation, suffix, dstring=false).incorporate(type=backup_relation_type)) }}
{%- endmacro %}

{% macro get_columns_in_query(select_sql) -%}
  {{ return(adapter.get_column_schema_from_query(select_sql) | map(attribute='name') | list) }}
{%- endmacro %}
{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
  {{ select_sql_header if select_sql_header is not none }}
select * from (
{{ select_sql }}
) as __dbt_sbq where false limit 0
{%- endmacro %}
{% macro get_select_subquery(sql) -%}
select {{ get_column_names() }} from (
{{ sql }}
) as model_subq
{%- endmacro %}
{% macro get_column_names() -%}
  {%- for name in model['columns'] -%}
    {%- set column = model['columns'][name] -%}
    {{ adapter.quote(column.name) if column.quote else column.name }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}
{% macro get_quoted_csv(names) -%}
  {%- set quoted = [] -%}
  {%- for name in names -%}{%- do quoted.append(adapter.quote(name)) -%}{%- endfor -%}
  {{ return(quoted | join(', ')) }}
{%- endmacro %}

{% macro create_indexes(relation) -%}
  {{ adapter.dispatch('create_indexes', 'dbt')(relation) }}
{%- endmacro %}
{% macro default__create_indexes(relation) -%}
  {%- for index in config.get('indexes', default=[]) or [] -%}
    {%- set sql = get_create_index_sql(relation, index) -%}
    {%- if sql -%}{% do run_query(sql) %}{%- endif -%}
  {%- endfor -%}
{%- endmacro %}
{% macro get_create_index_sql(relation, index_dict) -%}
  {{ return(adapter.dispatch('get_create_index_sql', 'dbt')(relation, index_dict)) }}
{%- endmacro %}
{% macro default__get_create_index_sql(relation, index_dict) -%}
  {{ return(none) }}
{%- endmacro %}
{% macro postgres__get_create_index_sql(relation, index_dict) -%}
  {%- set columns = index_dict['columns'] -%}
  {%- set text = columns | join('_') ~ relation.render() ~ (index_dict.get('unique', false) | string) ~ (index_dict.get('type', 'btree') | string) ~ invocation_id -%}
create {{ 'unique ' if index_dict.get('unique') }}index if not exists "{{ local_md5(text) }}" on {{ relation }}
  {{ 'using ' ~ index_dict['type'] if index_dict.get('type') }} ({{ columns | join(', ') }})
{%- endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) -%}
  {%- for column in add_columns or [] -%}
    {% do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' add column ' ~ adapter.quote(column.name) ~ ' ' ~ column.data_type) %}
  {%- endfor -%}
  {%- for column in remove_columns or [] -%}
    {% do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' drop column ' ~ adapter.quote(column.name)) %}
  {%- endfor -%}
{%- endmacro %}
{% macro alter_column_type(relation, column_name, new_column_type) -%}
  {% do run_query('alter table ' ~ relation ~ ' alter column ' ~ adapter.quote(column_name) ~ ' type ' ~ new_column_type) %}
{%- endmacro %}
