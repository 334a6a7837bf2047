{#-
  What tells one state of a row from the next. A strategy answers unique_key, updated_at, row_changed, scd_id, hard_deletes. Names
  and arguments as the original's (dbt-adapters, materializations/snapshots/strategies.sql).
-#}

{#- `snapshot_<name>_strategy`, of the project or, when the name has a dot, of a package. -#}
{% macro strategy_dispatch(name) -%}
  {%- set parts = name.split('.', 1) -%}
  {%- set within = context[parts[0]] if parts | length == 2 else context -%}
  {%- if not within -%}
    {{ exceptions.raise_compiler_error("Could not find package '" ~ parts[0] ~ "', called with '" ~ name ~ "'") }}
  {%- endif -%}
  {%- set strategy = within['snapshot_' ~ parts[-1] ~ '_strategy'] -%}
  {%- if not strategy -%}
    {{ exceptions.raise_compiler_error("The specified strategy macro 'snapshot_" ~ parts[-1] ~ "_strategy' was not found") }}
  {%- endif -%}
  {{ return(strategy) }}
{%- endmacro %}

{% macro snapshot_hash_arguments(args) -%}
  {{ return(adapter.dispatch('snapshot_hash_arguments', 'dbt')(args)) }}
{%- endmacro %}
{% macro default__snapshot_hash_arguments(args) -%}
  {%- set texts = [] -%}
  {%- for arg in args -%}{%- do texts.append("coalesce(cast(" ~ arg ~ " as varchar), '')") -%}{%- endfor -%}
  {{ return('md5(' ~ texts | join(" || '|' || ") ~ ')') }}
{%- endmacro %}

{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
  {%- set updated_at = config.get('updated_at') -%}
  {%- if not updated_at -%}{{ exceptions.raise_compiler_error("Snapshots of strategy 'timestamp' need updated_at") }}{%- endif -%}
  {#- Not the snapshot's own updated_at: a table that began with the other strategy has none. -#}
  {%- set changed = '(' ~ snapshotted_rel ~ '.' ~ snapshot_columns()['dbt_valid_from'] ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')' -%}
  {{ return(snapshot_strategy_of(updated_at, changed)) }}
{%- endmacro %}

{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
  {%- set added, columns = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) -%}
  {%- set changes = [get_true_sql()] if added else [] -%}
  {%- for column in columns if not added -%}
    {%- do changes.append(snapshotted_rel ~ '.' ~ column ~ ' is distinct from ' ~ current_rel ~ '.' ~ column) -%}
  {%- endfor -%}
  {{ return(snapshot_strategy_of(config.get('updated_at') or snapshot_get_time(), '(' ~ (changes | join(' or ') or 'false') ~ ')')) }}
{%- endmacro %}

{#- Whether the query has a checked column that the table lacks, and the checked columns that both have, quoted. -#}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
  {%- set checked = [check_cols_config] if check_cols_config is string and check_cols_config != 'all' else check_cols_config -%}
  {%- if not checked -%}
    {{ exceptions.raise_compiler_error("Invalid value for 'check_cols': " ~ check_cols_config) }}
  {%- endif -%}
  {%- if not target_exists -%}{{ return((false, [])) }}{%- endif -%}
  {#- The warehouse says how the names are written. -#}
  {%- set names = get_columns_in_query(sql if checked == 'all' else 'select ' ~ checked | join(', ') ~ ' from (\n' ~ sql ~ '\n) as subq') -%}
  {%- set there = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
  {%- set common = [] -%}
  {%- for name in names if name in there -%}{%- do common.append(adapter.quote(name)) -%}{%- endfor -%}
  {{ return((common | length < names | length, common)) }}
{%- endmacro %}

{% macro snapshot_strategy_of(updated_at, row_changed) -%}
  {%- set key = config.get('unique_key') -%}
  {%- if not key -%}{{ exceptions.raise_compiler_error('Snapshots need a unique_key') }}{%- endif -%}
  {%- set hard_deletes = snapshot_hard_deletes() -%}
  {{ return({
    'unique_key': key,
    'updated_at': updated_at,
    'row_changed': row_changed,
    'scd_id': snapshot_hash_arguments(([key] if key is string else key) + [updated_at]),
    'invalidate_hard_deletes': hard_deletes == 'invalidate',
    'hard_deletes': hard_deletes
  }) }}
{%- endmacro %}

{#- `invalidate_hard_deletes` is the older way to say it; both at once contradict each other. -#}
{% macro snapshot_hard_deletes() -%}
  {%- set asked = config.get('hard_deletes') -%}
  {%- set older = config.get('invalidate_hard_deletes') -%}
  {%- if asked is not none and older is not none -%}
    {{ exceptions.raise_compiler_error("You cannot set both the invalidate_hard_deletes and hard_deletes config properties on the same snapshot.") }}
  {%- elif asked is none -%}
    {{ return('invalidate' if older else 'ignore') }}
  {%- elif asked not in ['ignore', 'invalidate', 'new_record'] -%}
    {{ exceptions.raise_compiler_error("Invalid setting for property hard_deletes: '" ~ asked ~ "'. Use ignore, invalidate or new_record.") }}
  {%- endif -%}
  {{ return(asked) }}
{%- endmacro %}

{% macro get_true_sql() -%}
  {{ return(adapter.dispatch('get_true_sql', 'dbt')()) }}
{%- endmacro %}
{% macro default__get_true_sql() -%}{{ return('TRUE') }}{%- endmacro %}
