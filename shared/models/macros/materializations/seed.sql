{#- A table of the rows of a CSV file. Emptied and filled again while its columns stay; made anew by a full refresh. -#}

{% macro create_csv_table(model, agate_table) -%}
  {% call statement('create_table') -%}
create table {{ this }} ({% for column in seed_columns %}{{ adapter.quote(column.name) }} {{ column.type }}{{ ', ' if not loop.last }}{% endfor %})
  {%- endcall %}
{%- endmacro %}
{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {% if full_refresh %}
    {% do adapter.drop_relation(old_relation) %}
    {{ create_csv_table(model, agate_table) }}
  {% else %}
    {% do adapter.truncate_relation(old_relation) %}
  {% endif %}
{%- endmacro %}

{% materialization seed, default %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set refreshed = should_full_refresh() -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% if existing is not none and existing.is_view %}
    {{ exceptions.raise_compiler_error("Cannot seed to '" ~ this ~ "', it is a view") }}
  {% elif existing is not none %}
    {{ reset_csv_table(model, refreshed, existing, none) }}
  {% else %}
    {{ create_csv_table(model, none) }}
  {% endif %}
  {% do load_seed_rows() %}
  {% do create_indexes(this) %}
  {% do apply_grants(this, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=refreshed)) %}
  {% do persist_docs(this.incorporate(type='table'), model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [this]}) }}
{% endmaterialization %}
