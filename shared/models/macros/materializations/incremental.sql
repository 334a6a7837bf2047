{#- Rows are added to what is there; strategies as the original names them. A key of NULL never matches. -#}

{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') -%}
  {{ return(on_schema_change if on_schema_change in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] else default) }}
{%- endmacro %}

{% macro diff_columns(source_columns, target_columns) -%}
  {%- set names = target_columns | map(attribute='name') | list -%}
  {%- set result = [] -%}
  {%- for column in source_columns if column.name not in names -%}{%- do result.append(column) -%}{%- endfor -%}
  {{ return(result) }}
{%- endmacro %}

{% macro diff_column_data_types(source_columns, target_columns) -%}
  {%- set result = [] -%}
  {%- for column in source_columns -%}
    {%- for other in target_columns if other.name == column.name and other.data_type != column.data_type and not column.can_expand_to(other) -%}
      {%- do result.append({'column_name': other.name, 'new_type': column.data_type}) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(result) }}
{%- endmacro %}

{% macro process_schema_changes(on_schema_change, source_relation, target_relation) -%}
  {%- if on_schema_change == 'ignore' -%}{{ return({}) }}{%- endif -%}
  {%- set source = adapter.get_columns_in_relation(source_relation) -%}
  {%- set target = adapter.get_columns_in_relation(target_relation) -%}
  {%- set added = diff_columns(source, target) -%}
  {%- set removed = diff_columns(target, source) -%}
  {%- set retyped = diff_column_data_types(source, target) -%}
  {%- if added or removed or retyped -%}
    {%- if on_schema_change == 'fail' -%}
      {{ exceptions.raise_compiler_error('The source and target schemas on this incremental model are out of sync! Added: ' ~ added | map(attribute='name') | join(', ') ~ '; removed: ' ~ removed | map(attribute='name') | join(', ') ~ '. Rebuild it with --full-refresh, or set on_schema_change.') }}
    {%- elif on_schema_change == 'append_new_columns' -%}
      {%- do alter_relation_add_remove_columns(target_relation, added, none) -%}
    {%- else -%}
      {%- do alter_relation_add_remove_columns(target_relation, added, removed) -%}
      {%- for change in retyped -%}{%- do alter_column_type(target_relation, change.column_name, change.new_type) -%}{%- endfor -%}
    {%- endif -%}
  {%- endif -%}
  {{ return(source) }}
{%- endmacro %}

{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
  {%- if merge_update_columns and merge_exclude_columns -%}
    {{ exceptions.raise_compiler_error('Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config') }}
  {%- endif -%}
  {%- set columns = [] -%}
  {%- if merge_update_columns -%}
    {%- for name in merge_update_columns -%}{%- do columns.append(adapter.quote(name)) -%}{%- endfor -%}
  {%- else -%}
    {%- set excluded = (merge_exclude_columns or []) | map('lower') | list -%}
    {%- for column in dest_columns if column.name | lower not in excluded -%}{%- do columns.append(column.quoted) -%}{%- endfor -%}
  {%- endif -%}
  {{ return(columns) }}
{%- endmacro %}

{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) -%}
  {%- set names = dest_columns | map(attribute='quoted') | join(', ') -%}
insert into {{ target_relation }} ({{ names }})
(
  select {{ names }} from {{ temp_relation }}
)
{%- endmacro %}

{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {{ return(adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates)) }}
{%- endmacro %}
{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- set predicates = [] -%}
  {%- do predicates.extend(incremental_predicates or []) -%}
  {%- if unique_key -%}
    {%- for key in ([unique_key] if unique_key is string else unique_key) -%}
      {%- do predicates.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
  {%- else -%}
    {%- do predicates.append('FALSE') -%}
  {%- endif -%}
  {%- set names = dest_columns | map(attribute='quoted') | join(', ') -%}
  {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
{{ config.get('sql_header', '') or '' }}
merge into {{ target }} as DBT_INTERNAL_DEST
using {{ source }} as DBT_INTERNAL_SOURCE
on ({{ predicates | join(') and (') }})
{% if unique_key %}when matched then update set
  {% for name in updated -%}{{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{{ ', ' if not loop.last }}{%- endfor %}
{% endif -%}
when not matched then insert ({{ names }})
values ({% for column in dest_columns %}DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {{ return(adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates)) }}
{%- endmacro %}
{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
  {%- if unique_key -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
delete from {{ target }} as DBT_INTERNAL_DEST
where ({{ keys | join(', ') }}) in (
  select distinct {{ keys | join(', ') }} from {{ source }} as DBT_INTERNAL_SOURCE
)
    {%- for predicate in incremental_predicates or [] %} and {{ predicate }}{% endfor -%};
  {%- endif %}
{{ get_insert_into_sql(target, source, dest_columns) }}
{%- endmacro %}

{% macro get_incremental_append_sql(arg_dict) -%}
  {{ return(get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) }}
{%- endmacro %}
{% macro get_incremental_delete_insert_sql(arg_dict) -%}
  {{ return(get_delete_insert_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) }}
{%- endmacro %}
{% macro get_incremental_merge_sql(arg_dict) -%}
  {{ return(get_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) }}
{%- endmacro %}
{% macro get_incremental_microbatch_sql(arg_dict) -%}
  {%- if not arg_dict['unique_key'] -%}
    {{ exceptions.raise_compiler_error("dbt-postgres 'microbatch' requires a `unique_key` config") }}
  {%- endif -%}
  {{ return(get_incremental_merge_sql(arg_dict)) }}
{%- endmacro %}
{% macro get_incremental_default_sql(arg_dict) -%}
  {{ return(adapter.dispatch('get_incremental_default_sql', 'dbt')(arg_dict)) }}
{%- endmacro %}
{% macro default__get_incremental_default_sql(arg_dict) -%}
  {{ return(get_incremental_append_sql(arg_dict)) }}
{%- endmacro %}
{% macro postgres__get_incremental_default_sql(arg_dict) -%}
  {%- if arg_dict['unique_key'] -%}{{ return(get_incremental_delete_insert_sql(arg_dict)) }}{%- endif -%}
  {{ return(get_incremental_append_sql(arg_dict)) }}
{%- endmacro %}

{% materialization incremental, default %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set built = make_intermediate_relation(target_relation) -%}
  {%- set backup = make_backup_relation(target_relation, 'table' if existing is none else existing.type) -%}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set refreshed = should_full_refresh() -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set replaced = existing is not none and (refreshed or not existing.is_table) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {% do drop_relation_if_exists(load_cached_relation(built)) %}
  {% do drop_relation_if_exists(load_cached_relation(backup)) %}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% if existing is none or replaced %}
    {%- set first = built if replaced else target_relation -%}
    {% call statement('main') -%}{{ get_create_table_as_sql(False, first, sql) }}{%- endcall %}
    {% do create_indexes(first) %}
    {% if replaced %}
      {{ adapter.rename_relation(existing, backup) }}
      {{ adapter.rename_relation(built, target_relation) }}
    {% endif %}
  {% else %}
    {%- set temp_relation = make_temp_relation(target_relation) -%}
    {% do run_query(get_create_table_as_sql(True, temp_relation, sql)) %}
    {%- set dest_columns = process_schema_changes(on_schema_change, temp_relation, existing) or adapter.get_columns_in_relation(existing) -%}
    {%- set strategy = config.get('incremental_strategy') or 'default' -%}
    {%- set arguments = {'target_relation': target_relation, 'temp_relation': temp_relation, 'unique_key': unique_key, 'dest_columns': dest_columns, 'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)} -%}
    {%- set strategy_sql = adapter.get_incremental_strategy_macro(context, strategy) -%}
    {% call statement('main') -%}{{ strategy_sql(arguments) }}{%- endcall %}
  {% endif %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=refreshed)) %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {% if replaced %}{% do drop_relation_if_exists(backup) %}{% endif %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
