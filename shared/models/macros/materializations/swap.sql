{#- Steps that materialisations share: a name to build under, the transaction, the swap. -#}

{#- Drops what an earlier run left under the names to be used. Gives what stands in the target's place, or none. -#}
{% macro clear_the_way(target_relation, intermediate_relation) -%}
  {%- set backup_relation = make_backup_relation(target_relation, target_relation.type) -%}
  {%- do adapter.look_up([target_relation, intermediate_relation, backup_relation]) -%}
  {%- set existing_relation = load_cached_relation(target_relation) -%}
  {%- set left_over = load_cached_relation(intermediate_relation) -%}
  {%- set left_behind = load_cached_relation(backup_relation) -%}
  {%- do drop_relation_if_exists(left_over) -%}
  {%- do drop_relation_if_exists(left_behind) -%}
  {{ return(existing_relation) }}
{%- endmacro %}

{#- A statement of no text only begins. -#}
{% macro begin_transaction() -%}
  {%- call statement(auto_begin=True) -%}{%- endcall -%}
{%- endmacro %}

{#- Gives what was replaced, under its new name, or none. -#}
{% macro swap_in(existing_relation, intermediate_relation, target_relation) -%}
  {%- set backup_relation = none if existing_relation is none else make_backup_relation(target_relation, existing_relation.type) -%}
  {%- if existing_relation is not none -%}{%- do adapter.rename_relation(existing_relation, backup_relation) -%}{%- endif -%}
  {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
  {{ return(backup_relation) }}
{%- endmacro %}
