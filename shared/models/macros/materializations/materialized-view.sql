{#-
  Refreshed while it is there; made anew, aside and swapped in, by a full refresh or in the place of something else. A change of its
  indexes is applied, left with a warning, or an error, as `on_configuration_change` says. Names as the original's.
-#}

{% materialization materialized_view, default %}
  {%- set target_relation = this.incorporate(type='materialized_view') -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set existing_relation = clear_the_way(target_relation, intermediate_relation) -%}
  {%- set backup_relation = make_backup_relation(target_relation, existing_relation.type if existing_relation is not none else 'materialized_view') -%}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- set build_sql = materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) | trim -%}
  {%- if build_sql -%}
    {%- do begin_transaction() -%}
    {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
    {%- call statement('main') -%}{{ build_sql }}{%- endcall -%}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do run_hooks(post_hooks, inside_transaction=True) -%}
    {%- do adapter.commit() -%}
  {%- else -%}
    {%- do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) -%}
  {%- if existing_relation is none -%}
    {{ return(get_create_materialized_view_as_sql(target_relation, sql)) }}
  {%- elif should_full_refresh() or not existing_relation.is_materialized_view -%}
    {{ return(get_replace_sql(existing_relation, target_relation, sql)) }}
  {%- endif -%}
  {%- set changes = get_materialized_view_configuration_changes(existing_relation, config) -%}
  {%- set reaction = config.get('on_configuration_change', 'apply') -%}
  {%- if changes is none -%}
    {{ return(refresh_materialized_view(target_relation)) }}
  {%- elif reaction == 'apply' -%}
    {{ return(get_alter_materialized_view_as_sql(target_relation, changes, sql, existing_relation, backup_relation, intermediate_relation)) }}
  {%- elif reaction == 'continue' -%}
    {%- do exceptions.warn('Configuration changes were identified and `on_configuration_change` was set to `continue` for `' ~ target_relation.render() ~ '`') -%}
    {{ return('') }}
  {%- elif reaction == 'fail' -%}
    {{ exceptions.raise_fail_fast_error('Configuration changes were identified and `on_configuration_change` was set to `fail` for `' ~ target_relation.render() ~ '`') }}
  {%- endif -%}
  {{ exceptions.raise_compiler_error('on_configuration_change must be apply, continue or fail, not ' ~ reaction) }}
{%- endmacro %}

{% macro refresh_materialized_view(relation) -%}
  {{ return(adapter.dispatch('refresh_materialized_view', 'dbt')(relation)) }}
{%- endmacro %}
{% macro default__refresh_materialized_view(relation) -%}
  {{ exceptions.raise_compiler_error('`refresh_materialized_view` has not been implemented for this adapter.') }}
{%- endmacro %}
{% macro postgres__refresh_materialized_view(relation) -%}
refresh materialized view {{ relation }}
{%- endmacro %}

{#- None when configuration and relation agree, else what is to be done, by kind. -#}
{% macro get_materialized_view_configuration_changes(existing_relation, new_config) -%}
  {{ return(adapter.dispatch('get_materialized_view_configuration_changes', 'dbt')(existing_relation, new_config)) }}
{%- endmacro %}
{% macro default__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
  {{ exceptions.raise_compiler_error('Materialized views have not been implemented for this adapter.') }}
{%- endmacro %}
{#- Indexes are compared by columns, method and uniqueness, not by name. -#}
{% macro postgres__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
  {%- set wanted = {} -%}
  {%- for index in new_config.get('indexes') or [] -%}
    {%- set columns = [index['columns']] if index['columns'] is string else index['columns'] -%}
    {%- do wanted.update({index_facts(columns | join(','), index.get('type') or 'btree', index.get('unique', false)): index}) -%}
  {%- endfor -%}
  {%- set there = {} -%}
  {%- for index in run_query(get_show_indexes_sql(existing_relation)) -%}
    {%- do there.update({index_facts(index['column_names'], index['method'], index['unique']): index['name']}) -%}
  {%- endfor -%}
  {%- set changes = [] -%}
  {%- for facts, name in there.items() if facts not in wanted -%}{%- do changes.append({'action': 'drop', 'context': name}) -%}{%- endfor -%}
  {%- for facts, index in wanted.items() if facts not in there -%}{%- do changes.append({'action': 'create', 'context': index}) -%}{%- endfor -%}
  {{ return({'indexes': changes} if changes else none) }}
{%- endmacro %}
{% macro index_facts(columns, method, unique) -%}
  {{ return([columns | replace(' ', '') | replace('"', '') | lower, method | lower, unique | string | lower] | join('|')) }}
{%- endmacro %}

{% macro get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
  {{ return(adapter.dispatch('get_alter_materialized_view_as_sql', 'dbt')(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation)) }}
{%- endmacro %}
{% macro default__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
  {{ exceptions.raise_compiler_error('Materialized views have not been implemented for this adapter.') }}
{%- endmacro %}
{% macro postgres__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
  {%- set statements = [] -%}
  {%- for change in configuration_changes['indexes'] -%}
    {%- do statements.append(get_drop_index_sql(relation, change['context']) if change['action'] == 'drop' else get_create_index_sql(relation, change['context'])) -%}
  {%- endfor -%}
  {{ return(statements | join(';\n')) }}
{%- endmacro %}
