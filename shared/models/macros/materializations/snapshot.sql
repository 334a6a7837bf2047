{#- The history of a query's rows: each state of a key is a row, valid from one moment to the next. Never rebuilt, not by a full refresh either. -#}

{% materialization snapshot, default %}
  {%- set target_exists, target_relation = get_or_create_relation(database=model.database, schema=model.schema, identifier=model.alias, type='table') -%}
  {%- if not target_relation.is_table -%}{%- do exceptions.relation_wrong_type(target_relation, 'table') -%}{%- endif -%}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do begin_transaction() -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- set strategy = strategy_dispatch(config.require('strategy'))(model, 'snapshotted_data', 'source_data', model['config'], target_exists) -%}
  {%- if not target_exists -%}
    {%- call statement('main') -%}{{ create_table_as(False, target_relation, build_snapshot_table(strategy, sql)) }}{%- endcall -%}
  {%- else -%}
    {%- do assert_snapshot_target(target_relation, strategy) -%}
    {%- set staging_relation = build_snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- do adapter.expand_target_column_types(from_relation=staging_relation, to_relation=target_relation) -%}
    {%- set staged = snapshot_staged_columns(staging_relation) -%}
    {%- do create_columns(target_relation, diff_columns(staged, adapter.get_columns_in_relation(target_relation))) -%}
    {%- call statement('main') -%}{{ snapshot_merge_sql(target_relation, staging_relation, staged | map(attribute='quoted') | list) }}{%- endcall -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(target_exists, full_refresh_mode=False)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- if not target_exists -%}{%- do create_indexes(target_relation) -%}{%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- if staging_relation is defined -%}{%- do post_snapshot(staging_relation) -%}{%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- The snapshot's columns among the staging table's: without what only tells changes apart. -#}
{% macro snapshot_staged_columns(staging_relation) -%}
  {%- set columns = [] -%}
  {%- for column in adapter.get_columns_in_relation(staging_relation) -%}
    {%- set name = column.name | lower -%}
    {%- if name != 'dbt_change_type' and not name.startswith('dbt_unique_key') -%}{%- do columns.append(column) -%}{%- endif -%}
  {%- endfor -%}
  {{ return(columns) }}
{%- endmacro %}

{#- A table of that name which is no snapshot, or one of other meta columns, is not written to. -#}
{% macro assert_snapshot_target(relation, strategy) -%}
  {%- set names = snapshot_columns() -%}
  {%- set there = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list -%}
  {%- set needed = ['dbt_scd_id', 'dbt_valid_from', 'dbt_valid_to'] + (['dbt_is_deleted'] if strategy['hard_deletes'] == 'new_record' else []) -%}
  {%- set missing = [] -%}
  {%- for name in needed if names[name] | lower not in there -%}{%- do missing.append(names[name]) -%}{%- endfor -%}
  {%- if missing -%}
    {{ exceptions.raise_compiler_error('Snapshot target is missing configured columns (missing ' ~ missing | join(', ') ~ '): ' ~ relation ~ ' is no snapshot with these settings') }}
  {%- endif -%}
{%- endmacro %}

{% macro create_columns(relation, columns) -%}
  {{ return(adapter.dispatch('create_columns', 'dbt')(relation, columns)) }}
{%- endmacro %}
{% macro default__create_columns(relation, columns) -%}
  {%- do alter_relation_add_remove_columns(relation, columns, none) -%}
{%- endmacro %}

{% macro post_snapshot(staging_relation) -%}
  {{ return(adapter.dispatch('post_snapshot', 'dbt')(staging_relation)) }}
{%- endmacro %}
{% macro default__post_snapshot(staging_relation) -%}{%- endmacro %}
