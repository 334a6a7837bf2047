{#-
  The rows that a snapshot's run adds and ends. Names and arguments as the original's (dbt-adapters, materializations/snapshots/helpers.sql),
  the query is our own: each source row and each open state once, joined by key.
-#}

{% macro get_snapshot_table_column_names() -%}
  {{ return({'dbt_valid_to': 'dbt_valid_to', 'dbt_valid_from': 'dbt_valid_from', 'dbt_scd_id': 'dbt_scd_id', 'dbt_updated_at': 'dbt_updated_at', 'dbt_is_deleted': 'dbt_is_deleted'}) }}
{%- endmacro %}
{#- Those names, with what `snapshot_meta_column_names` says instead. -#}
{% macro snapshot_columns() -%}
  {%- set names = {} -%}
  {%- do names.update(get_snapshot_table_column_names()) -%}
  {%- for usual, own in (config.get('snapshot_meta_column_names') or {}).items() if own -%}{%- do names.update({usual: own}) -%}{%- endfor -%}
  {{ return(names) }}
{%- endmacro %}

{% macro get_dbt_valid_to_current(strategy, columns) -%}
  {%- set at = strategy['updated_at'] -%}
coalesce(nullif({{ at }}, {{ at }}), {{ config.get('dbt_valid_to_current') or 'null' }}) as {{ columns['dbt_valid_to'] }}
{%- endmacro %}
{#- A state is open while its end is NULL or what `dbt_valid_to_current` says. -#}
{% macro snapshot_is_open(valid_to) -%}
  {%- set open_end = config.get('dbt_valid_to_current') -%}
  {{ return('(' ~ equals(valid_to, open_end | trim) ~ ' or ' ~ valid_to ~ ' is null)' if open_end else valid_to ~ ' is null') }}
{%- endmacro %}

{% macro unique_key_fields(unique_key) -%}
  {%- if unique_key is string -%}{{ return(unique_key ~ ' as dbt_unique_key') }}{%- endif -%}
  {%- set fields = [] -%}
  {%- for key in unique_key -%}{%- do fields.append(key ~ ' as dbt_unique_key_' ~ loop.index) -%}{%- endfor -%}
  {{ return(fields | join(', ')) }}
{%- endmacro %}
{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
  {%- if unique_key is string -%}{{ return(identifier ~ '.dbt_unique_key = ' ~ from_identifier ~ '.dbt_unique_key') }}{%- endif -%}
  {%- set matches = [] -%}
  {%- for key in unique_key -%}
    {%- do matches.append(equals(identifier ~ '.dbt_unique_key_' ~ loop.index, from_identifier ~ '.dbt_unique_key_' ~ loop.index) | trim) -%}
  {%- endfor -%}
  {{ return(matches | join(' and ')) }}
{%- endmacro %}
{% macro unique_key_is_null(unique_key, identifier) -%}
  {{ return(identifier ~ ('.dbt_unique_key is null' if unique_key is string else '.dbt_unique_key_1 is null')) }}
{%- endmacro %}
{% macro unique_key_is_not_null(unique_key, identifier) -%}
  {{ return(identifier ~ ('.dbt_unique_key is not null' if unique_key is string else '.dbt_unique_key_1 is not null')) }}
{%- endmacro %}

{#- The first time: every row is a state that is open. -#}
{% macro build_snapshot_table(strategy, sql) -%}
  {{ return(adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql)) }}
{%- endmacro %}
{% macro default__build_snapshot_table(strategy, sql) -%}
{%- set names = snapshot_columns() -%}
select *,
  {{ strategy['scd_id'] }} as {{ names['dbt_scd_id'] }},
  {{ strategy['updated_at'] }} as {{ names['dbt_updated_at'] }},
  {{ strategy['updated_at'] }} as {{ names['dbt_valid_from'] }},
  {{ get_dbt_valid_to_current(strategy, names) }}
  {{- ",\n  'False' as " ~ names['dbt_is_deleted'] if strategy['hard_deletes'] == 'new_record' }}
from (
{{ sql }}
) as sbq
{%- endmacro %}

{#- Rows with dbt_change_type: insert adds a state; update and delete end the one of the same dbt_scd_id. -#}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {{ return(adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation)) }}
{%- endmacro %}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
{%- set names = snapshot_columns() -%}
{%- set key = strategy['unique_key'] -%}
{%- set deletes = strategy.get('hard_deletes') or ('invalidate' if strategy.get('invalidate_hard_deletes') else 'ignore') -%}
{%- set marks = deletes == 'new_record' -%}
{%- set now = snapshot_get_time() -%}
{%- set joined = unique_key_join_on(key, 'snapshotted_data', 'source_data') -%}
{%- set reborn = ' or snapshotted_data.' ~ names['dbt_is_deleted'] ~ " = 'True'" if marks else '' -%}
with snapshot_query as (
{{ source_sql }}
),
snapshotted_data as (
  select *, {{ unique_key_fields(key) }}
  from {{ target_relation }}
  where {{ snapshot_is_open(names['dbt_valid_to']) }}
),
source_data as (
  select *, {{ unique_key_fields(key) }},
    {{ strategy['updated_at'] }} as {{ names['dbt_updated_at'] }},
    {{ strategy['updated_at'] }} as {{ names['dbt_valid_from'] }},
    {{ get_dbt_valid_to_current(strategy, names) }},
    {{ strategy['scd_id'] }} as {{ names['dbt_scd_id'] }}
  from snapshot_query
),
changed as (
  select source_data.*, snapshotted_data.{{ names['dbt_scd_id'] }} as dbt_ended_scd_id
  from source_data left outer join snapshotted_data on {{ joined }}
  where {{ unique_key_is_null(key, 'snapshotted_data') }} or {{ strategy['row_changed'] }}{{ reborn }}
)
{%- if deletes != 'ignore' %},
gone as (
  select snapshotted_data.*
  from snapshotted_data left outer join source_data on {{ joined }}
  where {{ unique_key_is_null(key, 'source_data') }}
    {{- " and not (snapshotted_data." ~ names['dbt_is_deleted'] ~ " = 'True')" if marks }}
)
{%- endif %}
{%- set columns = get_columns_in_query(source_sql) -%}
{%- set listed = get_quoted_csv(columns) %}
select 'insert' as dbt_change_type, {{ listed }}, {{ names['dbt_updated_at'] }}, {{ names['dbt_valid_from'] }}, {{ names['dbt_valid_to'] }}, {{ names['dbt_scd_id'] }}
  {{- ", 'False' as " ~ names['dbt_is_deleted'] if marks }}
from changed
union all
select 'update', {{ listed }}, {{ names['dbt_updated_at'] }}, {{ names['dbt_valid_from'] }}, {{ names['dbt_updated_at'] }}, dbt_ended_scd_id
  {{- ", 'False'" if marks }}
from changed
where dbt_ended_scd_id is not null
{%- if deletes != 'ignore' -%}
{#- Columns that are new in the query are not in the table yet: what is gone has no value of them. -#}
{%- set there = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | list -%}
{%- set kept = [] -%}
{%- for name in columns -%}{%- do kept.append(adapter.quote(name) if name in there else 'null') -%}{%- endfor %}
union all
select 'delete', {{ kept | join(', ') }}, {{ now }}, {{ now }}, {{ now }}, {{ names['dbt_scd_id'] }}
  {{- ", 'True'" if marks }}
from gone
{%- if marks %}
union all
select 'insert', {{ kept | join(', ') }}, {{ now }}, {{ now }}, {{ names['dbt_valid_to'] }}, {{ snapshot_hash_arguments([names['dbt_scd_id'], now]) }}, 'True'
from gone
{%- endif -%}
{%- endif -%}
{%- endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- set temp_relation = make_temp_relation(target_relation) -%}
  {%- set staging = snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- call statement('build_snapshot_staging_relation') -%}{{ create_table_as(True, temp_relation, staging) }}{%- endcall -%}
  {{ return(temp_relation) }}
{%- endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}
  {{ return(adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols)) }}
{%- endmacro %}
{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
{%- set names = snapshot_columns() -%}
merge into {{ target.render() }} as DBT_INTERNAL_DEST
using {{ source }} as DBT_INTERNAL_SOURCE
on DBT_INTERNAL_SOURCE.{{ names['dbt_scd_id'] }} = DBT_INTERNAL_DEST.{{ names['dbt_scd_id'] }}
when matched and {{ snapshot_is_open('DBT_INTERNAL_DEST.' ~ names['dbt_valid_to']) }} and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
  then update set {{ names['dbt_valid_to'] }} = DBT_INTERNAL_SOURCE.{{ names['dbt_valid_to'] }}
when not matched and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
  then insert ({{ insert_cols | join(', ') }}) values ({{ insert_cols | join(', ') }})
{%- endmacro %}
{#- Two statements, so that what the server says of the last is how many states came. -#}
{% macro postgres__snapshot_merge_sql(target, source, insert_cols) -%}
{%- set names = snapshot_columns() -%}
update {{ target }} as DBT_INTERNAL_DEST set {{ names['dbt_valid_to'] }} = DBT_INTERNAL_SOURCE.{{ names['dbt_valid_to'] }}
from {{ source }} as DBT_INTERNAL_SOURCE
where DBT_INTERNAL_SOURCE.{{ names['dbt_scd_id'] }}::text = DBT_INTERNAL_DEST.{{ names['dbt_scd_id'] }}::text
  and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
  and {{ snapshot_is_open('DBT_INTERNAL_DEST.' ~ names['dbt_valid_to']) }};
insert into {{ target }} ({{ insert_cols | join(', ') }})
select {{ insert_cols | join(', ') }} from {{ source }} as DBT_INTERNAL_SOURCE
where DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
{%- endmacro %}
