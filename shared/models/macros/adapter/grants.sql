{#- Privileges as `grants` of a model's configuration lists them. Names and arguments as the original's (dbt-adapters, global_project/macros/adapters/apply_grants.sql). -#}

{#- Whether a relation that takes the place of another has the other's privileges. -#}
{% macro copy_grants() -%}
  {{ return(adapter.dispatch('copy_grants', 'dbt')()) }}
{%- endmacro %}
{% macro default__copy_grants() -%}{{ return(True) }}{%- endmacro %}
{% macro postgres__copy_grants() -%}{{ return(False) }}{%- endmacro %}

{% macro support_multiple_grantees_per_dcl_statement() -%}
  {{ return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) }}
{%- endmacro %}
{% macro default__support_multiple_grantees_per_dcl_statement() -%}{{ return(True) }}{%- endmacro %}

{#- Nothing to revoke on what is new; on what is replaced it depends on the warehouse; what stays keeps its privileges. -#}
{% macro should_revoke(existing_relation, full_refresh_mode=True) -%}
  {%- if not existing_relation -%}{{ return(False) }}{%- endif -%}
  {{ return(copy_grants() if full_refresh_mode else True) }}
{%- endmacro %}

{% macro get_show_grant_sql(relation) -%}
  {{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}
{%- endmacro %}
{% macro default__get_show_grant_sql(relation) -%}
show grants on {{ relation.render() }}
{%- endmacro %}
{% macro postgres__get_show_grant_sql(relation) -%}
select grantee, privilege_type from {{ relation.information_schema('role_table_grants') }}
where grantor = current_role and grantee != current_role
  and table_schema = '{{ relation.schema }}' and table_name = '{{ relation.identifier }}'
{%- endmacro %}

{% macro get_grant_sql(relation, privilege, grantees) -%}
  {{ return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) }}
{%- endmacro %}
{#- As the original a name is not quoted here, so that case does not count; one that needs quotes gets them. -#}
{% macro default__get_grant_sql(relation, privilege, grantees) -%}
  {%- set names = [] -%}
  {%- for grantee in grantees -%}
    {%- do names.append(grantee if grantee.startswith('"') or modules.re.match('[A-Za-z_][A-Za-z0-9_]*$', grantee) else adapter.quote(grantee)) -%}
  {%- endfor -%}
grant {{ privilege }} on {{ relation.render() }} to {{ names | join(', ') }}
{%- endmacro %}
{% macro get_revoke_sql(relation, privilege, grantees) -%}
  {{ return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) }}
{%- endmacro %}
{% macro default__get_revoke_sql(relation, privilege, grantees) -%}
  {%- set names = [] -%}
  {%- for grantee in grantees -%}{%- do names.append(grantee if grantee | lower == 'public' else adapter.quote(grantee)) -%}{%- endfor -%}
revoke {{ privilege }} on {{ relation.render() }} from {{ names | join(', ') }}
{%- endmacro %}

{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
  {{ return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) }}
{%- endmacro %}
{% macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
  {%- set statements = [] -%}
  {%- for privilege, written in grant_config.items() -%}
    {%- set grantees = [written] if written is string else written -%}
    {%- if grantees and support_multiple_grantees_per_dcl_statement() -%}
      {%- do statements.append(get_dcl_macro(relation, privilege, grantees)) -%}
    {%- else -%}
      {%- for grantee in grantees -%}{%- do statements.append(get_dcl_macro(relation, privilege, [grantee])) -%}{%- endfor -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(statements) }}
{%- endmacro %}
{% macro call_dcl_statements(dcl_statement_list) -%}
  {{ return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) }}
{%- endmacro %}
{% macro default__call_dcl_statements(dcl_statement_list) -%}
  {%- call statement('grants') -%}{{ dcl_statement_list | join(';\n') }}{%- endcall -%}
{%- endmacro %}

{% macro apply_grants(relation, grant_config, should_revoke) -%}
  {{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}
{%- endmacro %}
{% macro default__apply_grants(relation, grant_config, should_revoke=True) -%}
  {%- if grant_config -%}
    {%- set wanted = {} -%}
    {%- for privilege, written in grant_config.items() -%}
      {%- do wanted.update({privilege | lower: [written] if written is string else written}) -%}
    {%- endfor -%}
    {%- set there = grants_of(relation) if should_revoke else {} -%}
    {%- set statements = get_dcl_statement_list(relation, grants_beyond(there, wanted), get_revoke_sql)
      + get_dcl_statement_list(relation, grants_beyond(wanted, there), get_grant_sql) -%}
    {%- if statements -%}{%- do call_dcl_statements(statements) -%}{%- endif -%}
  {%- endif -%}
{%- endmacro %}

{#- Grantees by privilege, as they stand. -#}
{% macro grants_of(relation) -%}
  {%- set there = {} -%}
  {%- for row in run_query(get_show_grant_sql(relation)) -%}
    {%- do there.setdefault(row['privilege_type'] | lower, []).append(row['grantee']) -%}
  {%- endfor -%}
  {{ return(there) }}
{%- endmacro %}
{#- What one mapping has that the other has not; names of roles compared as the original, without regard to case. -#}
{% macro grants_beyond(some, others) -%}
  {%- set beyond = {} -%}
  {%- for privilege, grantees in some.items() -%}
    {%- set known = (others.get(privilege) or []) | map('lower') | list -%}
    {%- set more = [] -%}
    {%- for grantee in grantees if grantee | lower not in known -%}{%- do more.append(grantee) -%}{%- endfor -%}
    {%- if more -%}{%- do beyond.update({privilege: more}) -%}{%- endif -%}
  {%- endfor -%}
  {{ return(beyond) }}
{%- endmacro %}
