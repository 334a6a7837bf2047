{#- Contracts: what a model's properties promise of its columns. Names as the original's (dbt-adapters, global_project/macros/relations/column). -#}

{% macro get_assert_columns_equivalent(sql) -%}
  {{ return(adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql)) }}
{%- endmacro %}
{% macro default__get_assert_columns_equivalent(sql) -%}
  {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{#- Every column of the query is promised with its type, and the other way round; their order is the contract's. -#}
{% macro assert_columns_equivalent(sql) -%}
  {%- if not model['columns'] -%}
    {{ exceptions.raise_contract_error('This model has an enforced contract, and its properties declare no columns') }}
  {%- endif -%}
  {%- set actual = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
  {%- set promised = format_columns(get_column_schema_from_query(get_empty_schema_sql(model['columns']))) -%}
  {%- set problems = [] -%}
  {%- for column in promised -%}
    {%- set found = actual | selectattr('name', 'equalto', column.name) | list -%}
    {%- if not found -%}{%- do problems.append(column.name ~ ' is missing in the model') -%}
    {%- elif found[0].formatted != column.formatted -%}{%- do problems.append(column.name ~ ' is ' ~ found[0].data_type ~ ', the contract says ' ~ column.data_type) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- set names = promised | map(attribute='name') | list -%}
  {%- for column in actual if column.name not in names -%}
    {%- do problems.append(column.name ~ ' is missing in the contract') -%}
  {%- endfor -%}
  {%- if problems -%}
    {{ exceptions.raise_contract_error('This model has an enforced contract that failed. ' ~ problems | join('; ')) }}
  {%- endif -%}
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
  {%- set parts = [] -%}
  {%- for name in model['columns'] -%}
    {%- set column = model['columns'][name] -%}
    {%- set rules = [adapter.quote(column['name']) if column.get('quote') else column['name'], column['data_type']] -%}
    {%- for constraint in column.get('constraints') or [] -%}{%- do rules.append(column_constraint_sql(constraint)) -%}{%- endfor -%}
    {%- do parts.append(rules | select | join(' ')) -%}
  {%- endfor -%}
  {%- for constraint in model.get('constraints') or [] -%}
    {%- do parts.append(model_constraint_sql(constraint)) -%}
  {%- endfor -%}
  {{ return('(\n  ' ~ parts | select | join(',\n  ') ~ '\n)') }}
{%- endmacro %}

{#- A foreign key by `to` (a name, `ref('x')`, `source('s', 't')`) and `to_columns`, or all in `expression`. -#}
{% macro constraint_reference(constraint) -%}
  {%- set columns = constraint.get('to_columns') or [] -%}
  {%- set to = constraint.get('to') or '' -%}
  {%- set called = to.strip().startswith('ref(') or to.strip().startswith('source(') -%}
  {{ return((render('{{ ' ~ to ~ ' }}') if called else to) ~ (' (' ~ columns | join(', ') ~ ')' if columns else '') if to else constraint.get('expression')) }}
{%- endmacro %}
{% macro column_constraint_sql(constraint) -%}
  {%- set extra = ' ' ~ constraint['expression'] if constraint.get('expression') else '' -%}
  {%- set words = {
    'not_null': 'not null' ~ extra,
    'unique': 'unique' ~ extra,
    'primary_key': 'primary key' ~ extra,
    'check': 'check (' ~ constraint.get('expression') ~ ')',
    'foreign_key': 'references ' ~ constraint_reference(constraint),
    'custom': constraint.get('expression')
  } -%}
  {{ return(words.get(constraint['type'], '')) }}
{%- endmacro %}
{% macro model_constraint_sql(constraint) -%}
  {%- set named = 'constraint ' ~ constraint['name'] ~ ' ' if constraint.get('name') else '' -%}
  {%- set columns = '(' ~ (constraint.get('columns') or []) | join(', ') ~ ')' -%}
  {%- set extra = ' ' ~ constraint['expression'] if constraint.get('expression') else '' -%}
  {%- set words = {
    'check': 'check (' ~ constraint.get('expression') ~ ')',
    'unique': 'unique' ~ extra ~ ' ' ~ columns,
    'primary_key': 'primary key' ~ extra ~ ' ' ~ columns,
    'foreign_key': 'foreign key ' ~ columns ~ ' references ' ~ constraint_reference(constraint),
    'custom': constraint.get('expression')
  } -%}
  {%- set sql = words.get(constraint['type'], '') -%}
  {{ return(named ~ sql if sql else '') }}
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
