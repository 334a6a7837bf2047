{#- Built under another name, swapped by renaming in the node's transaction; what it replaces is dropped after the commit. -#}

{% materialization view, default %}
  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set built = make_intermediate_relation(target_relation) -%}
  {%- set backup = make_backup_relation(target_relation, 'view' if existing is none else existing.type) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {% do drop_relation_if_exists(load_cached_relation(built)) %}
  {% do drop_relation_if_exists(load_cached_relation(backup)) %}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') -%}{{ get_create_view_as_sql(built, sql) }}{%- endcall %}
  {% if existing is not none %}{{ adapter.rename_relation(existing, backup) }}{% endif %}
  {{ adapter.rename_relation(built, target_relation) }}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {% do drop_relation_if_exists(backup) %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization table, default %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set built = make_intermediate_relation(target_relation) -%}
  {%- set backup = make_backup_relation(target_relation, 'table' if existing is none else existing.type) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {% do drop_relation_if_exists(load_cached_relation(built)) %}
  {% do drop_relation_if_exists(load_cached_relation(backup)) %}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') -%}{{ get_create_table_as_sql(False, built, sql) }}{%- endcall %}
  {% do create_indexes(built) %}
  {% if existing is not none %}{{ adapter.rename_relation(existing, backup) }}{% endif %}
  {{ adapter.rename_relation(built, target_relation) }}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(target_relation, model) %}
  {{ adapter.commit() }}
  {% do drop_relation_if_exists(backup) %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization materialized_view, default %}
  {%- set target_relation = this.incorporate(type='materialized_view') -%}
  {%- set existing = load_cached_relation(this) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% if existing is not none and existing.is_materialized_view and not should_full_refresh() %}
    {% call statement('main') -%}refresh materialized view {{ target_relation }}{%- endcall %}
  {% else %}
    {% do drop_relation_if_exists(existing) %}
    {% call statement('main') -%}create materialized view {{ target_relation }} as (
{{ sql }}
){%- endcall %}
    {% do create_indexes(target_relation) %}
  {% endif %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
