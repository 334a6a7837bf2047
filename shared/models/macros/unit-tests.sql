{#-
  Unit tests: rows as their author wrote them become queries typed as the relations they stand for; what the model makes of them
  is set beside what is expected. Names and arguments as the original's (dbt-adapters, unit_test_sql, materializations/tests/unit.sql).
-#}

{#- @param column_name_to_data_types of the relation, by name in lower case; none asks the warehouse for those of `this`. -#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
  {%- set types = column_name_to_data_types or {} -%}
  {%- set quoted = {} -%}
  {%- if not types -%}
    {%- for column in adapter.get_columns_in_relation(this) -%}
      {%- do types.update({column.name | lower: full_type(column)}) -%}
      {%- do quoted.update({column.name | lower: adapter.quote(column.name)}) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- if not types -%}
    {{- exceptions.raise_compiler_error("Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this ~ " because the relation doesn't exist") -}}
  {%- endif -%}
  {%- for name in types if name not in quoted -%}{%- do quoted.update({name: adapter.quote(name)}) -%}{%- endfor -%}
  {%- set empty_row = {} -%}
  {%- for name, type in types.items() -%}{%- do empty_row.update({name: safe_cast('null', type)}) -%}{%- endfor -%}
  {%- for row in rows -%}
    {%- do validate_fixture_rows(rows, loop.index) -%}
    {%- set whole_row = empty_row.copy() -%}
    {%- do whole_row.update(format_row(row, types)) -%}
    select {% for name, value in whole_row.items() %}{{ value }} as {{ quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
    {%- if not loop.last %}
    union all
    {% endif -%}
  {%- else -%}
    select {% for name, value in empty_row.items() %}{{ value }} as {{ quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
    limit 0
  {%- endfor -%}
{% endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
  {%- for row in rows -%}
    select {% for name, value in format_row(row, column_name_to_data_types).items() -%}
      {{ value }} as {{ column_name_to_quoted[name] }}{{ ', ' if not loop.last }}
    {%- endfor -%}
    {%- if not loop.last %}
    union all
    {% endif -%}
  {%- else -%}
    select * from dbt_internal_unit_test_actual limit 0
  {%- endfor -%}
{% endmacro %}

{#- Each value of a row cast to its column's type, by name in lower case. -#}
{% macro format_row(row, column_name_to_data_types) -%}
  {{ return(adapter.dispatch('format_row', 'dbt')(row, column_name_to_data_types)) }}
{%- endmacro %}
{% macro default__format_row(row, column_name_to_data_types) -%}
  {%- set formatted = {} -%}
  {%- for name, value in row.items() -%}
    {%- set column = name | lower -%}
    {%- if column not in column_name_to_data_types -%}
      {%- set whose = "'" ~ model.name ~ "'" if model.resource_type != 'unit_test' else 'expected output' -%}
      {{- exceptions.raise_compiler_error("Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ whose ~ ".\nAccepted columns for " ~ whose ~ " are: " ~ (column_name_to_data_types.keys() | list)) -}}
    {%- endif -%}
    {%- set type = column_name_to_data_types[column] -%}
    {#- A cast to the declared length would cut the text without a word. -#}
    {%- if value is string and 'varying' in type -%}{%- set type = type.split('(')[0] ~ ('[]' if type.endswith('[]') else '') -%}{%- endif -%}
    {%- if value is none -%}{%- set sql_value = 'null' -%}
    {%- elif value is string -%}{%- set sql_value = string_literal(escape_single_quotes(value)) -%}
    {%- else -%}{%- set sql_value = value | string -%}
    {%- endif -%}
    {%- do formatted.update({column: safe_cast(sql_value, type)}) -%}
  {%- endfor -%}
  {{ return(formatted) }}
{%- endmacro %}

{#- For adapters that cannot take rows of every shape. -#}
{% macro validate_fixture_rows(rows, row_number) -%}
  {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}
{% macro default__validate_fixture_rows(rows, row_number) -%}{{ return('') }}{%- endmacro %}

{#- What the catalogue shortens: an array is named with what it holds. The original's own types cannot be cast to there. -#}
{% macro full_type(column) -%}
  {{ return(column.dtype if column.data_type == 'ARRAY' else column.data_type) }}
{%- endmacro %}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
  {{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}
{%- endmacro %}
{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
with dbt_internal_unit_test_actual as (
  select {{ expected_column_names | join(', ') }}, {{ string_literal('actual') }} as {{ adapter.quote('actual_or_expected') }}
  from (
{{ main_sql }}
  ) _dbt_internal_unit_test_actual
),
dbt_internal_unit_test_expected as (
  select {{ expected_column_names | join(', ') }}, {{ string_literal('expected') }} as {{ adapter.quote('actual_or_expected') }}
  from (
{{ expected_fixture_sql }}
  ) _dbt_internal_unit_test_expected
)
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
{%- endmacro %}

{% materialization unit, default %}
  {%- set expected_rows = config.get('expected_rows') or [] -%}
  {%- set expected_sql = config.get('expected_sql') -%}
  {%- set temp_relation = make_temp_relation(this.incorporate(type='table')) -%}
  {%- do run_query(get_create_table_as_sql(true, temp_relation, get_empty_subquery_sql(sql))) -%}
  {%- set types = {} -%}
  {%- set quoted = {} -%}
  {%- for column in adapter.get_columns_in_relation(temp_relation) -%}
    {%- do types.update({column.name | lower: full_type(column)}) -%}
    {%- do quoted.update({column.name | lower: adapter.quote(column.name)}) -%}
  {%- endfor -%}
  {%- set names = (expected_rows[0].keys() | map('lower') | list) if expected_rows else (types.keys() | list) -%}
  {%- set columns = [] -%}
  {%- for name in names -%}{%- do columns.append(quoted[name] or adapter.quote(name)) -%}{%- endfor -%}
  {%- set expected = expected_sql or get_expected_sql(expected_rows, types, quoted) -%}
  {%- call statement('main', fetch_result=True) -%}{{ get_unit_test_sql(sql, expected, columns) }}{%- endcall -%}
  {%- do adapter.drop_relation(temp_relation) -%}
  {{ return({'relations': []}) }}
{% endmaterialization %}
