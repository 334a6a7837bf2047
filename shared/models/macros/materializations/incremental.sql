{#- Built whole when it is not there, is a view, or is refreshed; otherwise rows go by way of a temporary table into what stands. -#}

{% materialization incremental, default %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set temp_relation = make_temp_relation(target_relation) -%}
  {%- set existing_relation = clear_the_way(target_relation, intermediate_relation) -%}
  {%- set refreshed = existing_relation is not none and (should_full_refresh() or not existing_relation.is_table) -%}
  {%- set strategy_sql = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
  {%- set backup_relation = none -%}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do begin_transaction() -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- if existing_relation is none or refreshed -%}
    {%- set built_relation = intermediate_relation if refreshed else target_relation -%}
    {%- call statement('main') -%}{{ get_create_table_as_sql(False, built_relation, sql) }}{%- endcall -%}
    {%- do create_indexes(built_relation) -%}
    {%- set backup_relation = swap_in(existing_relation, intermediate_relation, target_relation) if refreshed else none -%}
  {%- else -%}
    {%- do run_query(get_create_table_as_sql(True, temp_relation, sql)) -%}
    {%- if not (config.get('contract') or {}).get('enforced') -%}
      {%- do adapter.expand_target_column_types(from_relation=temp_relation, to_relation=target_relation) -%}
    {%- endif -%}
    {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change', 'ignore'), default='ignore') -%}
    {%- set dest_columns = process_schema_changes(on_schema_change, temp_relation, existing_relation) or adapter.get_columns_in_relation(existing_relation) -%}
    {%- if partition_sql is defined -%}{%- do run_query(partition_sql('delete expired', target_relation, temp_relation) ~ partition_sql('make', target_relation, temp_relation)) -%}{%- endif -%}
    {%- set build_sql = strategy_sql({
      'target_relation': target_relation,
      'temp_relation': temp_relation,
      'unique_key': config.get('unique_key'),
      'dest_columns': dest_columns,
      'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)
    }) -%}
    {%- call statement('main') -%}{{ build_sql }}{%- endcall -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=refreshed)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- if partition_sql is defined -%}{%- do drop_expired_partitions(target_relation) -%}{%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Outside of a transaction: detached concurrently, so that no reader waits; each dropped by itself. -#}
{% macro drop_expired_partitions(relation) -%}
  {%- set query = partition_sql('expired', relation) -%}
  {%- if query -%}
    {%- for row in run_query(query) -%}
      {%- if row['detach'] is not none -%}{%- call statement('detach', auto_begin=False) -%}{{ row['detach'] }}{%- endcall -%}{%- endif -%}
      {%- call statement('drop', auto_begin=False) -%}{{ row['drop'] }}{%- endcall -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}
