{#- The history of a query's rows: each state of a key is a row, valid from one moment to the next. Meta columns as the original's. -#}

{% macro get_snapshot_table_column_names() -%}
  {%- set names = {'dbt_valid_to': 'dbt_valid_to', 'dbt_valid_from': 'dbt_valid_from', 'dbt_scd_id': 'dbt_scd_id', 'dbt_updated_at': 'dbt_updated_at', 'dbt_is_deleted': 'dbt_is_deleted'} -%}
  {%- do names.update(config.get('snapshot_meta_column_names') or {}) -%}
  {{ return(names) }}
{%- endmacro %}

{% macro snapshot_hash_arguments(args) -%}
  {{ return(adapter.dispatch('snapshot_hash_arguments', 'dbt')(args)) }}
{%- endmacro %}
{% macro default__snapshot_hash_arguments(args) -%}
md5({% for arg in args %}coalesce(cast({{ arg }} as varchar), ''){{ " || '|' || " if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro snapshot_keys() -%}
  {%- set key = config.get('unique_key') -%}
  {{ return([key] if key is string else key) }}
{%- endmacro %}

{% macro snapshot_key_match(a, b) -%}
  {%- for key in snapshot_keys() -%}
    {{ a }}.dbt_unique_key_{{ loop.index }} = {{ b }}.dbt_unique_key_{{ loop.index }}{{ ' and ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}

{% macro snapshot_key_columns() -%}
  {%- for key in snapshot_keys() -%}{{ key }} as dbt_unique_key_{{ loop.index }}, {% endfor -%}
{%- endmacro %}

{#- What a strategy answers: the row's own time, what makes a changed row, what identifies a state. -#}
{% macro strategy_dispatch(name) -%}
  {%- set package, macro = (name.split('.') if '.' in name else ['', name]) -%}
  {{ return(adapter.dispatch('snapshot_' ~ macro ~ '_strategy', package or 'dbt')) }}
{%- endmacro %}

{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
  {{ return(adapter.dispatch('snapshot_timestamp_strategy', 'dbt')(node, snapshotted_rel, current_rel, model_config, target_exists)) }}
{%- endmacro %}
{% macro default__snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
  {%- set names = get_snapshot_table_column_names() -%}
  {%- set updated_at = config.require('updated_at') -%}
  {{ return({
    'unique_key': config.get('unique_key'),
    'updated_at': updated_at,
    'row_changed': '(' ~ snapshotted_rel ~ '.' ~ names.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')',
    'scd_id': snapshot_hash_arguments(snapshot_keys() + [updated_at])
  }) }}
{%- endmacro %}

{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
  {{ return(adapter.dispatch('snapshot_check_strategy', 'dbt')(node, snapshotted_rel, current_rel, model_config, target_exists)) }}
{%- endmacro %}
{% macro default__snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
  {%- set asked = config.get('check_cols') -%}
  {%- if not asked -%}{{ exceptions.raise_compiler_error("Snapshots must be configured with a 'check_cols' when the strategy is 'check'") }}{%- endif -%}
  {%- set query_columns = get_columns_in_query(sql) -%}
  {%- set columns = query_columns if asked == 'all' else asked -%}
  {%- set there = [] -%}
  {%- if target_exists -%}
    {%- for column in adapter.get_columns_in_relation(this) -%}{%- do there.append(column.name | lower) -%}{%- endfor -%}
  {%- endif -%}
  {%- set changes = [] -%}
  {%- for name in columns -%}
    {%- if target_exists and name | lower not in there -%}
      {%- do changes.append('true') -%}
    {%- else -%}
      {%- do changes.append(snapshotted_rel ~ '.' ~ adapter.quote(name) ~ ' is distinct from ' ~ current_rel ~ '.' ~ adapter.quote(name)) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- set updated_at = config.get('updated_at') or snapshot_get_time() -%}
  {{ return({
    'unique_key': config.get('unique_key'),
    'updated_at': updated_at,
    'row_changed': '(' ~ (changes | join(' or ') or 'false') ~ ')',
    'scd_id': snapshot_hash_arguments(snapshot_keys() + [updated_at])
  }) }}
{%- endmacro %}

{% macro snapshot_valid_to(strategy) -%}
  {%- set open_end = config.get('dbt_valid_to_current') -%}
  {%- if open_end %}coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ open_end }}){% else %}nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}){% endif -%}
{%- endmacro %}

{% macro hard_deletes_config() -%}
  {%- set asked = config.get('hard_deletes') -%}
  {%- if asked is none -%}{%- set asked = 'invalidate' if config.get('invalidate_hard_deletes') else 'ignore' -%}{%- endif -%}
  {%- if asked not in ['ignore', 'invalidate', 'new_record'] -%}
    {{ exceptions.raise_compiler_error("Invalid setting for property hard_deletes: '" ~ asked ~ "', use ignore, invalidate or new_record") }}
  {%- endif -%}
  {{ return(asked) }}
{%- endmacro %}

{% macro build_snapshot_table(strategy, sql) -%}
  {{ return(adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql)) }}
{%- endmacro %}
{% macro default__build_snapshot_table(strategy, sql) %}
{%- set names = get_snapshot_table_column_names() %}
select *,
  {{ strategy.scd_id }} as {{ names.dbt_scd_id }},
  {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
  {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
  {{ snapshot_valid_to(strategy) }} as {{ names.dbt_valid_to }}
  {%- if hard_deletes_config() == 'new_record' %},
  'False' as {{ names.dbt_is_deleted }}
  {%- endif %}
from (
{{ sql }}
) as sbq
{% endmacro %}

{#- Rows to insert and states to end, told apart by dbt_change_type. -#}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {{ return(adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation)) }}
{%- endmacro %}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
{%- set names = get_snapshot_table_column_names() -%}
{%- set deletes = hard_deletes_config() -%}
{%- set open_end = config.get('dbt_valid_to_current') -%}
{%- set now = snapshot_get_time() -%}
with snapshot_query as (
{{ source_sql }}
),
snapshotted_data as (
  select {{ snapshot_key_columns() }} * from {{ target_relation }}
  where {% if open_end %}({{ names.dbt_valid_to }} = {{ open_end }} or {{ names.dbt_valid_to }} is null){% else %}{{ names.dbt_valid_to }} is null{% endif %}
),
source_data as (
  select {{ snapshot_key_columns() }} *,
    {{ strategy.updated_at }} as dbt_source_updated_at,
    {{ snapshot_valid_to(strategy) }} as dbt_source_valid_to,
    {{ strategy.scd_id }} as dbt_source_scd_id
  from snapshot_query
),
insertions as (
  select 'insert' as dbt_change_type, source_data.*
  from source_data left outer join snapshotted_data on {{ snapshot_key_match('snapshotted_data', 'source_data') }}
  where snapshotted_data.dbt_unique_key_1 is null or {{ strategy.row_changed }}
    {%- if deletes == 'new_record' %} or snapshotted_data.{{ names.dbt_is_deleted }} = 'True'{% endif %}
),
updates as (
  select 'update' as dbt_change_type, source_data.*, snapshotted_data.{{ names.dbt_scd_id }} as dbt_ended_scd_id
  from source_data join snapshotted_data on {{ snapshot_key_match('snapshotted_data', 'source_data') }}
  where {{ strategy.row_changed }}
    {%- if deletes == 'new_record' %} or snapshotted_data.{{ names.dbt_is_deleted }} = 'True'{% endif %}
)
{%- set columns = adapter.get_column_schema_from_query(source_sql) -%}
{%- set listed = columns | map(attribute='quoted') | join(', ') %}
select dbt_change_type, {{ listed }}, dbt_source_scd_id as {{ names.dbt_scd_id }}, dbt_source_updated_at as {{ names.dbt_updated_at }},
  dbt_source_updated_at as {{ names.dbt_valid_from }}, dbt_source_valid_to as {{ names.dbt_valid_to }}
  {%- if deletes == 'new_record' %}, 'False' as {{ names.dbt_is_deleted }}{% endif %}
from insertions
union all
select dbt_change_type, {{ listed }}, dbt_ended_scd_id, dbt_source_updated_at, dbt_source_updated_at, dbt_source_updated_at
  {%- if deletes == 'new_record' %}, 'False'{% endif %}
from updates
{%- if deletes != 'ignore' %}
union all
select 'delete', {% for column in columns %}snapshotted_data.{{ column.quoted }}, {% endfor %}snapshotted_data.{{ names.dbt_scd_id }}, {{ now }}, {{ now }}, {{ now }}
  {%- if deletes == 'new_record' %}, 'True'{% endif %}
from snapshotted_data left join source_data on {{ snapshot_key_match('snapshotted_data', 'source_data') }}
where source_data.dbt_unique_key_1 is null{% if deletes == 'new_record' %} and snapshotted_data.{{ names.dbt_is_deleted }} = 'False'{% endif %}
{%- endif %}
{%- if deletes == 'new_record' %}
union all
select 'insert', {% for column in columns %}snapshotted_data.{{ column.quoted }}, {% endfor -%}
  {{ snapshot_hash_arguments(['snapshotted_data.' ~ names.dbt_scd_id, now]) }}, {{ now }}, {{ now }}, {{ open_end if open_end else 'null' }}, 'True'
from snapshotted_data left join source_data on {{ snapshot_key_match('snapshotted_data', 'source_data') }}
where source_data.dbt_unique_key_1 is null and snapshotted_data.{{ names.dbt_is_deleted }} = 'False'
{%- endif %}
{%- endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}
  {{ return(adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols)) }}
{%- endmacro %}
{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
{%- set names = get_snapshot_table_column_names() -%}
{%- set open_end = config.get('dbt_valid_to_current') -%}
update {{ target }} as ended set {{ names.dbt_valid_to }} = changed.{{ names.dbt_valid_to }}
from {{ source }} as changed
where changed.{{ names.dbt_scd_id }}::text = ended.{{ names.dbt_scd_id }}::text and changed.dbt_change_type in ('update', 'delete')
  and {% if open_end %}(ended.{{ names.dbt_valid_to }} = {{ open_end }} or ended.{{ names.dbt_valid_to }} is null){% else %}ended.{{ names.dbt_valid_to }} is null{% endif %};
insert into {{ target }} ({{ insert_cols | join(', ') }})
select {{ insert_cols | join(', ') }} from {{ source }} where dbt_change_type = 'insert'
{%- endmacro %}

{% materialization snapshot, default %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing = load_relation(this) -%}
  {%- if existing is not none and not existing.is_table -%}
    {{ exceptions.raise_compiler_error(this ~ ' is no table, so it cannot be the history of a snapshot') }}
  {%- endif -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- set make_strategy = strategy_dispatch(config.require('strategy')) -%}
  {%- set strategy = make_strategy(model, 'snapshotted_data', 'source_data', model['config'], existing is not none) -%}
  {% if existing is none %}
    {% call statement('main') -%}{{ create_table_as(False, target_relation, build_snapshot_table(strategy, sql)) }}{%- endcall %}
  {% else %}
    {%- set staging = make_temp_relation(target_relation) -%}
    {% do run_query(create_table_as(True, staging, snapshot_staging_table(strategy, sql, target_relation))) %}
    {%- set staged = adapter.get_columns_in_relation(staging) | rejectattr('name', 'equalto', 'dbt_change_type') | list -%}
    {% do alter_relation_add_remove_columns(target_relation, diff_columns(staged, adapter.get_columns_in_relation(target_relation)), none) %}
    {% call statement('main') -%}{{ snapshot_merge_sql(target_relation, staging, staged | map(attribute='quoted') | list) }}{%- endcall %}
  {% endif %}
  {% do create_indexes(target_relation) %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=False)) %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
