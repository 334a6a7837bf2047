{#- Names derived from a relation's, and finding relations. Names and arguments as the original's (dbt-adapters, global_project/macros/adapters/relation.sql; dbt-postgres). -#}

{% macro load_cached_relation(relation) -%}
  {{ return(adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier)) }}
{%- endmacro %}
{% macro load_relation(relation) -%}
  {{ return(load_cached_relation(relation)) }}
{%- endmacro %}

{% macro get_or_create_relation(database, schema, identifier, type) -%}
  {{ return(adapter.dispatch('get_or_create_relation', 'dbt')(database, schema, identifier, type)) }}
{%- endmacro %}
{% macro default__get_or_create_relation(database, schema, identifier, type) -%}
  {%- set found = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
  {%- if found is not none -%}{{ return([true, found]) }}{%- endif -%}
  {{ return([false, api.Relation.create(database=database, schema=schema, identifier=identifier, type=type)]) }}
{%- endmacro %}

{#- A batch of a microbatch model has its own, so that batches do not meet. -#}
{% macro make_temp_relation(base_relation, suffix='__dbt_tmp') -%}
  {%- set own = suffix ~ '_' ~ model.batch.id if suffix == '__dbt_tmp' and model.batch else suffix -%}
  {{ return(adapter.dispatch('make_temp_relation', 'dbt')(base_relation, own)) }}
{%- endmacro %}
{% macro default__make_temp_relation(base_relation, suffix) -%}
  {{ return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix})) }}
{%- endmacro %}
{% macro postgres__make_temp_relation(base_relation, suffix) -%}
  {{ return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=true).incorporate(path={'schema': none, 'database': none})) }}
{%- endmacro %}

{% macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') -%}
  {{ return(adapter.dispatch('make_intermediate_relation', 'dbt')(base_relation, suffix)) }}
{%- endmacro %}
{% macro default__make_intermediate_relation(base_relation, suffix) -%}
  {{ return(default__make_temp_relation(base_relation, suffix)) }}
{%- endmacro %}
{% macro postgres__make_intermediate_relation(base_relation, suffix) -%}
  {{ return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=false)) }}
{%- endmacro %}

{% macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') -%}
  {{ return(adapter.dispatch('make_backup_relation', 'dbt')(base_relation, backup_relation_type, suffix)) }}
{%- endmacro %}
{% macro default__make_backup_relation(base_relation, backup_relation_type, suffix) -%}
  {{ return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix}, type=backup_relation_type)) }}
{%- endmacro %}
{% macro postgres__make_backup_relation(base_relation, backup_relation_type, suffix) -%}
  {{ return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=false).incorporate(type=backup_relation_type)) }}
{%- endmacro %}

{#- PostgreSQL cuts names after 63 bytes, which would make this one the name it is derived from. -#}
{% macro postgres__make_relation_with_suffix(base_relation, suffix, dstring) -%}
  {%- set whole = suffix ~ (modules.datetime.datetime.now().strftime('%H%M%S%f') if dstring else '') -%}
  {%- if whole | length > 63 -%}
    {{ exceptions.raise_compiler_error('Relation suffix is too long (' ~ whole | length ~ ' characters). Maximum length is 63 characters.') }}
  {%- endif -%}
  {{ return(base_relation.incorporate(path={'identifier': base_relation.identifier[:63 - whole | length] ~ whole})) }}
{%- endmacro %}
