{#- Made under another name and swapped in by renaming, in one transaction; what it replaces is dropped after the commit. -#}

{% materialization view, default %}
  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set existing_relation = clear_the_way(target_relation, intermediate_relation) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do begin_transaction() -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- call statement('main') -%}{{ get_create_view_as_sql(intermediate_relation, sql) }}{%- endcall -%}

  {%- set backup_relation = swap_in(existing_relation, intermediate_relation, target_relation) -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
