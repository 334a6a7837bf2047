{#- Descriptions written into the warehouse. Names and arguments as the original's (dbt-adapters, global_project/macros/adapters/persist_docs.sql; dbt-postgres). -#}

{% macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}
  {{ return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) }}
{%- endmacro %}
{% macro default__persist_docs(relation, model, for_relation, for_columns) -%}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do run_query(alter_relation_comment(relation, model.description)) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {%- set there = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- set comments = alter_column_comment(relation, validate_doc_columns(relation, model.columns, there)) -%}
    {%- if comments and comments | trim -%}{%- do run_query(comments) -%}{%- endif -%}
  {%- endif -%}
{%- endmacro %}

{#- Those of the documented columns that are there; the others are warned of. -#}
{% macro validate_doc_columns(relation, column_dict, existing_column_names) -%}
  {%- set folded = existing_column_names | map('lower') | list -%}
  {%- set found = {} -%}
  {%- set missing = [] -%}
  {%- for name in column_dict -%}
    {%- set present = name in existing_column_names if column_dict[name]['quote'] else name | lower in folded -%}
    {%- if present -%}{%- do found.update({name: column_dict[name]}) -%}{%- else -%}{%- do missing.append(name) -%}{%- endif -%}
  {%- endfor -%}
  {%- if missing -%}
    {%- do exceptions.warn('In relation ' ~ relation.render() ~ ': The following columns are specified in the schema but are not present in the database: ' ~ missing | join(', ')) -%}
  {%- endif -%}
  {{ return(found) }}
{%- endmacro %}

{% macro alter_relation_comment(relation, relation_comment) -%}
  {{ return(adapter.dispatch('alter_relation_comment', 'dbt')(relation, relation_comment)) }}
{%- endmacro %}
{% macro default__alter_relation_comment(relation, relation_comment) -%}
  {{ exceptions.raise_not_implemented('alter_relation_comment macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
{% macro postgres__alter_relation_comment(relation, relation_comment) -%}
comment on {{ relation.type | replace('_', ' ') }} {{ relation }} is {{ postgres_escape_comment(relation_comment) }}
{%- endmacro %}

{% macro alter_column_comment(relation, column_dict) -%}
  {{ return(adapter.dispatch('alter_column_comment', 'dbt')(relation, column_dict)) }}
{%- endmacro %}
{% macro default__alter_column_comment(relation, column_dict) -%}
  {{ exceptions.raise_not_implemented('alter_column_comment macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
{#- All in one round trip. A column without a description loses the comment it had. -#}
{% macro postgres__alter_column_comment(relation, column_dict) -%}
  {%- set statements = [] -%}
  {%- for name in column_dict -%}
    {%- set column = column_dict[name] -%}
    {%- do statements.append('comment on column ' ~ relation ~ '.' ~ (adapter.quote(name) if column['quote'] else name) ~ ' is ' ~ postgres_escape_comment(column['description'] or '')) -%}
  {%- endfor -%}
  {{ return(statements | join(';\n')) }}
{%- endmacro %}

{#- Quoted by dollars, so that a comment may hold anything else. -#}
{% macro postgres_escape_comment(comment) -%}
  {%- if comment is not string -%}{{ exceptions.raise_compiler_error('a comment must be text, not ' ~ comment) }}{%- endif -%}
  {%- set label = '$dbt_comment_literal_block$' -%}
  {%- if label in comment -%}{{ exceptions.raise_compiler_error('a comment must not hold ' ~ label) }}{%- endif -%}
  {{ return(label ~ comment ~ label) }}
{%- endmacro %}
