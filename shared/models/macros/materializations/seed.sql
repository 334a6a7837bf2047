{#-
  A table of the rows of a CSV file. Emptied and filled again while it stands, made anew by a full refresh. Names and arguments as the
  original's (dbt-adapters, materializations/seeds). `seed_columns` (name, type, SQL name) and `load_seed_rows()` come from the runner.
-#}

{% macro create_csv_table(model, agate_table) -%}
  {{ return(adapter.dispatch('create_csv_table', 'dbt')(model, agate_table)) }}
{%- endmacro %}
{% macro default__create_csv_table(model, agate_table) -%}
  {%- set columns = [] -%}
  {%- for column in seed_columns -%}{%- do columns.append(column['sql_name'] ~ ' ' ~ column['type']) -%}{%- endfor -%}
  {%- set sql = 'create table ' ~ this.render() ~ ' (' ~ columns | join(', ') ~ ')' -%}
  {%- call statement('_') -%}{{ sql }}{%- endcall -%}
  {{ return(sql) }}
{%- endmacro %}

{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {{ return(adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table)) }}
{%- endmacro %}
{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {%- if full_refresh -%}
    {%- do drop_relation(old_relation) -%}
    {{ return(create_csv_table(model, agate_table)) }}
  {%- endif -%}
  {%- do adapter.truncate_relation(old_relation) -%}
  {{ return('truncate table ' ~ old_relation.render()) }}
{%- endmacro %}

{% macro load_csv_rows(model, agate_table) -%}
  {{ return(adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table)) }}
{%- endmacro %}
{% macro default__load_csv_rows(model, agate_table) -%}
  {%- do load_seed_rows() -%}
  {{ return('') }}
{%- endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) -%}
  {{ return(adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql)) }}
{%- endmacro %}
{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) -%}
{{ create_or_truncate_sql }};
{{ insert_sql }}
{%- endmacro %}
{% macro get_binding_char() -%}
  {{ return(adapter.dispatch('get_binding_char', 'dbt')()) }}
{%- endmacro %}
{% macro default__get_binding_char() -%}{{ return('%s') }}{%- endmacro %}
{% macro get_batch_size() -%}
  {{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}
{%- endmacro %}
{% macro default__get_batch_size() -%}{{ return(10000) }}{%- endmacro %}
{% macro get_seed_column_quoted_csv(model, column_names) -%}
  {%- set quoted = [] -%}
  {%- for name in column_names -%}{%- do quoted.append(adapter.quote_seed_column(name, model['config'].get('quote_columns'))) -%}{%- endfor -%}
  {{ return(quoted | join(', ')) }}
{%- endmacro %}

{% materialization seed, default %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set full_refresh = should_full_refresh() -%}
  {%- set old_relation = load_cached_relation(this) -%}
  {%- set agate_table = load_agate_table() -%}
  {%- do store_result('agate_table', response='OK', agate_table=agate_table) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do begin_transaction() -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- if old_relation is not none and not old_relation.is_table -%}
    {{ exceptions.raise_compiler_error("Cannot seed to '" ~ old_relation.render() ~ "', it is a " ~ old_relation.type | replace('_', ' ')) }}
  {%- endif -%}
  {%- set is_new = full_refresh or old_relation is none -%}
  {%- set table_sql = create_csv_table(model, agate_table) if old_relation is none else reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {%- set count = seed_row_count -%}
  {%- set rows_sql = load_csv_rows(model, agate_table) if count > 0 else '' -%}
  {%- set code = 'CREATE' if full_refresh else 'INSERT' -%}
  {%- call noop_statement('main', code ~ ' ' ~ count, code, count) -%}{{ get_csv_sql(table_sql, rows_sql) }}{%- endcall -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(old_relation, full_refresh_mode=full_refresh)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- if is_new -%}{%- do create_indexes(target_relation) -%}{%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
