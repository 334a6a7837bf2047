{#- Contracts: what a model's properties promise of its columns. Names as the original's (dbt-adapters, global_project/macros/relations/column). -#}

{% macro get_assert_columns_equivalent(sql) -%}
  {{ return(adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql)) }}
{%- endmacro %}
{% macro default__get_assert_columns_equivalent(sql) -%}
  {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{#- Every column of the query is promised with its type, and the other way round; their order is the contract's. -#}
{% macro assert_columns_equivalent(sql) -%}
  {%- if not model['columns'] -%}{%- do exceptions.raise_contract_error([], []) -%}{%- endif -%}
  {%- set actual = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
  {%- set promised = format_columns(get_column_schema_from_query(get_empty_schema_sql(model['columns']))) -%}
  {%- set agrees = actual | length == promised | length -%}
  {%- set checks = [agrees] -%}
  {%- for column in actual -%}
    {%- set found = promised | selectattr('name', 'equalto', column.name) | list -%}
    {%- do checks.append(found and found[0].formatted == column.formatted) -%}
  {%- endfor -%}
  {%- if checks | reject | list -%}{%- do exceptions.raise_contract_error(promised, actual) -%}{%- endif -%}
{%- endmacro %}

{% macro format_columns(columns) -%}
  {%- set formatted = [] -%}
  {%- for column in columns -%}{%- do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) -%}{%- endfor -%}
  {{ return(formatted) }}
{%- endmacro %}
{% macro default__format_column(column) -%}
  {{ return({'name': column.name, 'data_type': column.dtype, 'formatted': column.column.lower() ~ ' ' ~ column.dtype}) }}
{%- endmacro %}
{#- Types that the original's driver cannot tell apart fulfil each other's promise (psycopg2's families of types). -#}
{% macro postgres__format_column(column) -%}
  {%- set families = {
    'text': 'text', 'character varying': 'text', 'character': 'text', 'bpchar': 'text', 'name': 'text', '"char"': 'text',
    'smallint': 'integer', 'integer': 'integer', 'real': 'float', 'double precision': 'float',
    'time without time zone': 'time', 'time with time zone': 'time'
  } -%}
  {%- set array = column.dtype.endswith('[]') -%}
  {%- set scalar = column.dtype[:-2] if array else column.dtype -%}
  {%- set family = families.get(scalar, scalar) ~ ('[]' if array else '') -%}
  {{ return({'name': column.name, 'data_type': column.dtype, 'formatted': column.name.lower() ~ ' ' ~ family}) }}
{%- endmacro %}

{% macro get_table_columns_and_constraints() -%}
  {{ return(adapter.dispatch('get_table_columns_and_constraints', 'dbt')()) }}
{%- endmacro %}
{% macro default__get_table_columns_and_constraints() -%}
  {{ return(table_columns_and_constraints()) }}
{%- endmacro %}
{% macro table_columns_and_constraints() -%}
  {%- set columns = adapter.render_raw_columns_constraints(raw_columns=model['columns']) -%}
  {%- set constraints = adapter.render_raw_model_constraints(raw_constraints=model.get('constraints') or []) -%}
  {{ return('(\n  ' ~ (columns + constraints) | join(',\n  ') ~ '\n)') }}
{%- endmacro %}

{#- The query's columns in the order of the contract. -#}
{% macro get_select_subquery(sql) -%}
  {{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}
{%- endmacro %}
{% macro default__get_select_subquery(sql) -%}
select {{ adapter.dispatch('get_column_names', 'dbt')() }}
from (
{{ sql }}
) as model_subq
{%- endmacro %}
{% macro default__get_column_names() -%}
  {%- set names = [] -%}
  {%- for name in model['columns'] -%}
    {%- set column = model['columns'][name] -%}
    {%- do names.append(adapter.quote(column['name']) if column.get('quote') else column['name']) -%}
  {%- endfor -%}
  {{ return(names | join(', ')) }}
{%- endmacro %}
