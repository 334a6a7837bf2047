{#-
  What an incremental model does when its query's columns are no longer the table's. Names as the original's (dbt-adapters,
  materializations/models/incremental/{on_schema_change,column_helpers}.sql). Rows that are there are not filled again.
-#}

{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') -%}
  {%- if on_schema_change in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] -%}{{ return(on_schema_change) }}{%- endif -%}
  {%- do log('Invalid value for on_schema_change (' ~ on_schema_change ~ ') specified. Setting default value of ' ~ default ~ '.') -%}
  {{ return(default) }}
{%- endmacro %}

{#- Columns of the first list whose names are not in the second. -#}
{% macro diff_columns(source_columns, target_columns) -%}
  {%- set names = target_columns | map(attribute='name') | list -%}
  {%- set beyond = [] -%}
  {%- for column in source_columns if column.name not in names -%}{%- do beyond.append(column) -%}{%- endfor -%}
  {{ return(beyond) }}
{%- endmacro %}

{% macro diff_column_data_types(source_columns, target_columns) -%}
  {{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}
{%- endmacro %}
{% macro default__diff_column_data_types(source_columns, target_columns) -%}
  {%- set retyped = [] -%}
  {%- for column in source_columns -%}
    {%- for there in target_columns if there.name == column.name and there.data_type != column.data_type and not column.can_expand_to(there) -%}
      {%- do retyped.append({'column_name': there.name, 'new_type': column.data_type}) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(retyped) }}
{%- endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) -%}
  {{ return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) }}
{%- endmacro %}
{% macro default__check_for_schema_changes(source_relation, target_relation) -%}
  {%- set source = adapter.get_columns_in_relation(source_relation) -%}
  {%- set target = adapter.get_columns_in_relation(target_relation) -%}
  {%- set added = diff_columns(source, target) -%}
  {%- set removed = diff_columns(target, source) -%}
  {%- set retyped = diff_column_data_types(source, target) -%}
  {{ return({
    'schema_changed': (added or removed or retyped) | length > 0,
    'source_not_in_target': added,
    'target_not_in_source': removed,
    'source_columns': source,
    'target_columns': target,
    'new_target_types': retyped
  }) }}
{%- endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
  {{ return(adapter.dispatch('sync_column_schemas', 'dbt')(on_schema_change, target_relation, schema_changes_dict)) }}
{%- endmacro %}
{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
  {%- set added = schema_changes_dict['source_not_in_target'] -%}
  {%- set removed = schema_changes_dict['target_not_in_source'] if on_schema_change == 'sync_all_columns' else [] -%}
  {%- if added or removed -%}{%- do alter_relation_add_remove_columns(target_relation, added, removed) -%}{%- endif -%}
  {%- if on_schema_change == 'sync_all_columns' -%}
    {%- for change in schema_changes_dict['new_target_types'] -%}
      {%- do alter_column_type(target_relation, change['column_name'], change['new_type']) -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}

{#- The query's columns, which are to be written then; an empty mapping when changes are ignored. -#}
{% macro process_schema_changes(on_schema_change, source_relation, target_relation) -%}
  {{ return(adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, source_relation, target_relation)) }}
{%- endmacro %}
{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) -%}
  {%- if on_schema_change == 'ignore' -%}{{ return({}) }}{%- endif -%}
  {%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
  {%- if execute and not changes['source_columns'] -%}
    {#- Every column would be dropped. -#}
    {{ exceptions.raise_compiler_error('The columns of ' ~ source_relation ~ ' cannot be read') }}
  {%- endif -%}
  {%- if changes['schema_changed'] and on_schema_change == 'fail' -%}
    {{ exceptions.raise_compiler_error(
      'The source and target schemas on this incremental model are out of sync! Build it again with --full-refresh, change the table, or set on_schema_change to append_new_columns or sync_all_columns. Source columns not in target: '
      ~ changes['source_not_in_target'] | map(attribute='name') | join(', ') ~ '. Target columns not in source: '
      ~ changes['target_not_in_source'] | map(attribute='name') | join(', ') ~ '. New column types: '
      ~ changes['new_target_types'] | map(attribute='column_name') | join(', ')
    ) }}
  {%- elif changes['schema_changed'] -%}
    {%- do sync_column_schemas(on_schema_change, target_relation, changes) -%}
  {%- endif -%}
  {{ return(changes['source_columns']) }}
{%- endmacro %}
