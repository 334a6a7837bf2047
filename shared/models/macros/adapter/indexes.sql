{#- Indexes as `indexes` of a model's configuration lists them. Names as the original's (dbt-adapters, global_project/macros/adapters/indexes.sql; dbt-postgres). -#}

{% macro create_indexes(relation) -%}
  {{ return(adapter.dispatch('create_indexes', 'dbt')(relation)) }}
{%- endmacro %}
{% macro default__create_indexes(relation) -%}
  {%- for index in config.get('indexes', default=[]) or [] -%}
    {%- set sql = get_create_index_sql(relation, index) -%}
    {%- if sql -%}{%- do run_query(sql) -%}{%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{% macro get_create_index_sql(relation, index_dict) -%}
  {{ return(adapter.dispatch('get_create_index_sql', 'dbt')(relation, index_dict)) }}
{%- endmacro %}
{% macro default__get_create_index_sql(relation, index_dict) -%}
  {{ return(none) }}
{%- endmacro %}
{#- Names hold the time: while a table is replaced, the old one's indexes of the same columns are there too. -#}
{% macro postgres__get_create_index_sql(relation, index_dict) -%}
  {%- set columns = [index_dict['columns']] if index_dict['columns'] is string else index_dict['columns'] -%}
  {%- set unique = index_dict.get('unique', false) -%}
  {%- set facts = columns + [relation.render(), unique, index_dict.get('type'), modules.datetime.datetime.now().isoformat()] -%}
create {{ 'unique ' if unique }}index if not exists "{{ local_md5(facts | join('_')) }}" on {{ relation }}
{{- ' using ' ~ index_dict['type'] if index_dict.get('type') }} ({{ columns | join(', ') }})
{%- endmacro %}

{% macro get_drop_index_sql(relation, index_name) -%}
  {{ return(adapter.dispatch('get_drop_index_sql', 'dbt')(relation, index_name)) }}
{%- endmacro %}
{% macro default__get_drop_index_sql(relation, index_name) -%}
drop index if exists {{ adapter.quote(relation.schema) }}.{{ adapter.quote(index_name) }}
{%- endmacro %}

{#- Rows of name, method, unique, column_names (in order, joined by commas). -#}
{% macro get_show_indexes_sql(relation) -%}
  {{ return(adapter.dispatch('get_show_indexes_sql', 'dbt')(relation)) }}
{%- endmacro %}
{% macro default__get_show_indexes_sql(relation) -%}
  {{ exceptions.raise_compiler_error('`get_show_indexes_sql` has not been implemented for this adapter.') }}
{%- endmacro %}
{% macro postgres__get_show_indexes_sql(relation) -%}
select named.relname as name, am.amname as method, ix.indisunique as "unique",
  (select string_agg(pg_get_indexdef(ix.indexrelid, place::int, true), ',' order by place)
   from generate_series(1, ix.indnkeyatts) as place) as column_names
from pg_index ix
join pg_class named on named.oid = ix.indexrelid
join pg_am am on am.oid = named.relam
join pg_class tab on tab.oid = ix.indrelid
join pg_namespace n on n.oid = tab.relnamespace
where tab.relname = '{{ relation.identifier }}' and n.nspname = '{{ relation.schema }}' and tab.relkind in ('r', 'p', 'm')
order by 1
{%- endmacro %}
