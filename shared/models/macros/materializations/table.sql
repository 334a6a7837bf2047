{#- Filled under another name and swapped in by renaming, in one transaction; what it replaces is dropped after the commit. -#}

{% materialization table, default %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set existing_relation = clear_the_way(target_relation, intermediate_relation) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do begin_transaction() -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- call statement('main') -%}{{ get_create_table_as_sql(False, intermediate_relation, sql) }}{%- endcall -%}
  {%- do create_indexes(intermediate_relation) -%}

  {%- set backup_relation = swap_in(existing_relation, intermediate_relation, target_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}
  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
