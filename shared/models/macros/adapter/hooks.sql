{#- SQL before and after a node's own. Names and arguments as the original's (dbt-adapters, global_project/macros/materializations/{hooks,configs}.sql). -#}

{#- Hooks are rendered when they run, so that they see what the node did. Outside a transaction means that none is open. -#}
{% macro run_hooks(hooks, inside_transaction=True) -%}
  {%- for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) -%}
    {%- if not inside_transaction and loop.first -%}{%- do adapter.commit() -%}{%- endif -%}
    {%- set rendered = render(hook.get('sql')) | trim -%}
    {%- if rendered -%}
      {%- call statement(auto_begin=inside_transaction) -%}{{ rendered }}{%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{% macro make_hook_config(sql, inside_transaction) -%}
  {{ return(tojson({'sql': sql, 'transaction': inside_transaction})) }}
{%- endmacro %}
{% macro before_begin(sql) -%}{{ return(make_hook_config(sql, inside_transaction=False)) }}{%- endmacro %}
{% macro in_transaction(sql) -%}{{ return(make_hook_config(sql, inside_transaction=True)) }}{%- endmacro %}
{% macro after_commit(sql) -%}{{ return(make_hook_config(sql, inside_transaction=False)) }}{%- endmacro %}

{#- `full_refresh` of the node's configuration wins over the command line, either way. -#}
{% macro should_full_refresh() -%}
  {%- set configured = config.get('full_refresh') -%}
  {{ return(flags.FULL_REFRESH if configured is none else configured) }}
{%- endmacro %}
{% macro should_store_failures() -%}
  {%- set configured = config.get('store_failures') -%}
  {{ return(flags.STORE_FAILURES if configured is none else configured) }}
{%- endmacro %}
