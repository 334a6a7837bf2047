{#- Schemas and what stands in them. Names and arguments as the original's (dbt-adapters, global_project/macros/adapters/{schema,metadata}.sql; dbt-postgres). -#}

{% macro create_schema(relation) -%}
  {{ return(adapter.dispatch('create_schema', 'dbt')(relation)) }}
{%- endmacro %}
{% macro default__create_schema(relation) -%}
  {%- do adapter.create_schema(relation) -%}
{%- endmacro %}

{% macro drop_schema(relation) -%}
  {{ return(adapter.dispatch('drop_schema', 'dbt')(relation)) }}
{%- endmacro %}
{% macro default__drop_schema(relation) -%}
  {%- call statement('drop_schema') -%}drop schema if exists {{ adapter.quote(relation.schema) }} cascade{%- endcall -%}
{%- endmacro %}
{% macro drop_schema_named(schema_name) -%}
  {{ return(adapter.dispatch('drop_schema_named', 'dbt')(schema_name)) }}
{%- endmacro %}
{% macro default__drop_schema_named(schema_name) -%}
  {%- do adapter.drop_schema(api.Relation.create(schema=schema_name)) -%}
{%- endmacro %}

{% macro information_schema_name(database) -%}
  {{ return(adapter.dispatch('information_schema_name', 'dbt')(database)) }}
{%- endmacro %}
{% macro default__information_schema_name(database) -%}
  {{ return((database ~ '.' if database else '') ~ 'information_schema') }}
{%- endmacro %}
{#- Only the database connected to can be asked. -#}
{% macro postgres__information_schema_name(database) -%}
  {{ return('information_schema') }}
{%- endmacro %}

{% macro list_schemas(database) -%}
  {{ return(adapter.dispatch('list_schemas', 'dbt')(database)) }}
{%- endmacro %}
{% macro default__list_schemas(database) -%}
  {{ return(run_query('select distinct schema_name from ' ~ information_schema_name(database) ~ '.schemata')) }}
{%- endmacro %}
{% macro postgres__list_schemas(database) -%}
  {{ return(run_query('select nspname from pg_namespace')) }}
{%- endmacro %}

{% macro check_schema_exists(information_schema, schema) -%}
  {{ return(adapter.dispatch('check_schema_exists', 'dbt')(information_schema, schema)) }}
{%- endmacro %}
{% macro default__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query('select count(*) from ' ~ information_schema_name(none) ~ ".schemata where schema_name = '" ~ schema ~ "'")) }}
{%- endmacro %}
{% macro postgres__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query("select count(*) from pg_namespace where nspname = '" ~ schema ~ "'")) }}
{%- endmacro %}

{#- Rows of database, name, schema, type. -#}
{% macro list_relations_without_caching(schema_relation) -%}
  {{ return(adapter.dispatch('list_relations_without_caching', 'dbt')(schema_relation)) }}
{%- endmacro %}
{% macro default__list_relations_without_caching(schema_relation) -%}
  {{ exceptions.raise_not_implemented('list_relations_without_caching macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
{% macro postgres__list_relations_without_caching(schema_relation) -%}
  {%- set rows -%}
select current_database() as database, c.relname as name, n.nspname as schema,
  case c.relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end as type
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname ilike '{{ schema_relation.schema }}' and c.relkind in ('r', 'p', 'v', 'm')
order by c.relname
  {%- endset -%}
  {{ return(run_query(rows)) }}
{%- endmacro %}
