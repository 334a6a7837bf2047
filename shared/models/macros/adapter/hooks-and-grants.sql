{#- Hooks, grants and documentation of a relation that has been built. -#}

{% macro run_hooks(hooks, inside_transaction=true) -%}
  {%- for hook in hooks if hook.transaction == inside_transaction -%}
    {%- set rendered = hook.sql | trim -%}
    {%- if rendered | length > 0 -%}
      {%- call statement(auto_begin=inside_transaction) -%}{{ rendered }}{%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{% macro make_hook_config(sql, inside_transaction) -%}
  {{ return(tojson({'sql': sql, 'transaction': inside_transaction})) }}
{%- endmacro %}
{% macro before_begin(sql) -%}{{ return(make_hook_config(sql, inside_transaction=false)) }}{%- endmacro %}
{% macro in_transaction(sql) -%}{{ return(make_hook_config(sql, inside_transaction=true)) }}{%- endmacro %}
{% macro after_commit(sql) -%}{{ return(make_hook_config(sql, inside_transaction=false)) }}{%- endmacro %}

{% macro should_full_refresh() -%}
  {%- set configured = config.get('full_refresh') -%}
  {{ return(flags.FULL_REFRESH if configured is none else configured) }}
{%- endmacro %}

{% macro should_store_failures() -%}
  {%- set configured = config.get('store_failures') -%}
  {{ return(flags.STORE_FAILURES if configured is none else configured) }}
{%- endmacro %}

{% macro should_revoke(existing_relation, full_refresh_mode=true) -%}
  {{ return(existing_relation is not none and not full_refresh_mode) }}
{%- endmacro %}

{% macro apply_grants(relation, grant_config, should_revoke=true) -%}
  {{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}
{%- endmacro %}
{% macro default__apply_grants(relation, grant_config, should_revoke=true) -%}
  {%- if grant_config -%}
    {%- set wanted = [] -%}
    {%- for privilege, grantees in grant_config.items() -%}
      {%- for grantee in ([grantees] if grantees is string else grantees) -%}{%- do wanted.append((privilege | lower, grantee)) -%}{%- endfor -%}
    {%- endfor -%}
    {%- set there = [] -%}
    {%- if should_revoke -%}
      {%- for row in run_query(get_show_grant_sql(relation)) -%}{%- do there.append((row['privilege_type'] | lower, row['grantee'])) -%}{%- endfor -%}
    {%- endif -%}
    {%- for privilege, grantee in there if (privilege, grantee) not in wanted -%}
      {% do run_query('revoke ' ~ privilege ~ ' on ' ~ relation ~ ' from ' ~ adapter.quote(grantee)) %}
    {%- endfor -%}
    {%- for privilege, grantee in wanted if (privilege, grantee) not in there -%}
      {% do run_query('grant ' ~ privilege ~ ' on ' ~ relation ~ ' to ' ~ adapter.quote(grantee)) %}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}
{% macro get_show_grant_sql(relation) -%}
  {{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}
{%- endmacro %}
{% macro postgres__get_show_grant_sql(relation) -%}
select grantee, privilege_type from information_schema.role_table_grants
where grantor = current_role and grantee != current_role
  and table_schema = '{{ relation.schema }}' and table_name = '{{ relation.identifier }}'
{%- endmacro %}

{% macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}
  {{ return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) }}
{%- endmacro %}
{% macro default__persist_docs(relation, model, for_relation, for_columns) -%}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {% do run_query(alter_relation_comment(relation, model.description)) %}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {%- set there = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- for name, column in model.columns.items() if column.description and (name in there or name | lower in there) -%}
      {%- set actual = name if name in there else name | lower -%}
      {% do run_query('comment on column ' ~ relation ~ '.' ~ adapter.quote(actual) ~ ' is ' ~ postgres_escape_comment(column.description)) %}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro %}
{% macro alter_relation_comment(relation, comment) -%}
comment on {{ 'materialized view' if relation.type == 'materialized_view' else relation.type }} {{ relation }} is {{ postgres_escape_comment(comment) }}
{%- endmacro %}
{% macro postgres_escape_comment(comment) -%}
'{{ comment | replace("'", "''") }}'
{%- endmacro %}

{% macro get_assert_columns_equivalent(sql) -%}
  {{ return(adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql)) }}
{%- endmacro %}
{% macro default__get_assert_columns_equivalent(sql) -%}
  {%- set declared = model['columns'] -%}
  {%- set wanted = [] -%}
  {%- for name in declared -%}
    {%- do wanted.append('cast(null as ' ~ declared[name].data_type ~ ') as ' ~ (adapter.quote(name) if declared[name].quote else name)) -%}
  {%- endfor -%}
  {%- set promised = adapter.get_column_schema_from_query('select ' ~ wanted | join(', ')) -%}
  {%- set actual = adapter.get_column_schema_from_query(sql) -%}
  {%- set problems = [] -%}
  {%- for column in promised -%}
    {%- set found = actual | selectattr('name', 'equalto', column.name) | list -%}
    {%- if not found -%}{%- do problems.append(column.name ~ ' is missing in the model') -%}
    {%- elif found[0].dtype != column.dtype -%}{%- do problems.append(column.name ~ ' is ' ~ found[0].dtype ~ ', the contract says ' ~ column.dtype) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- for column in actual if column.name not in (promised | map(attribute='name') | list) -%}
    {%- do problems.append(column.name ~ ' is missing in the contract') -%}
  {%- endfor -%}
  {%- if problems -%}
    {{ exceptions.raise_compiler_error('This model has an enforced contract that failed. ' ~ problems | join('; ')) }}
  {%- endif -%}
{%- endmacro %}
{% macro get_table_columns_and_constraints() -%}
  {%- set parts = [] -%}
  {%- for name, column in model['columns'].items() -%}
    {%- set rules = [] -%}
    {%- for constraint in column.constraints or [] -%}
      {%- set extra = ' ' ~ constraint.expression if constraint.expression else '' -%}
      {%- if constraint.type == 'not_null' -%}{%- do rules.append('not null' ~ extra) -%}
      {%- elif constraint.type == 'unique' -%}{%- do rules.append('unique' ~ extra) -%}
      {%- elif constraint.type == 'primary_key' -%}{%- do rules.append('primary key' ~ extra) -%}
      {%- elif constraint.type == 'check' -%}{%- do rules.append('check (' ~ constraint.expression ~ ')') -%}
      {%- elif constraint.type == 'foreign_key' -%}{%- do rules.append('references' ~ extra) -%}
      {%- elif constraint.type == 'custom' -%}{%- do rules.append(constraint.expression) -%}
      {%- endif -%}
    {%- endfor -%}
    {%- do parts.append(((adapter.quote(name) if column.quote else name) ~ ' ' ~ column.data_type ~ ' ' ~ rules | join(' ')) | trim) -%}
  {%- endfor -%}
  {%- for constraint in model.constraints or [] -%}
    {%- set columns = (constraint.columns or []) | join(', ') -%}
    {%- set named = 'constraint ' ~ constraint.name ~ ' ' if constraint.name else '' -%}
    {%- if constraint.type == 'check' -%}{%- do parts.append(named ~ 'check (' ~ constraint.expression ~ ')') -%}
    {%- elif constraint.type == 'unique' -%}{%- do parts.append(named ~ 'unique (' ~ columns ~ ')') -%}
    {%- elif constraint.type == 'primary_key' -%}{%- do parts.append(named ~ 'primary key (' ~ columns ~ ')') -%}
    {%- elif constraint.type == 'foreign_key' -%}{%- do parts.append(named ~ 'foreign key (' ~ columns ~ ') references ' ~ constraint.expression) -%}
    {%- elif constraint.type == 'custom' -%}{%- do parts.append(named ~ constraint.expression) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(parts | join(',\n  ')) }}
{%- endmacro %}
