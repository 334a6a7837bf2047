{#
  A snapshot's instant is stamped by the worker that took it. One that lies more than a day after it was loaded was stamped by a clock
  that is wrong; compared with the load, not with today, so that a build of any later day says the same.
#}
{% macro is_believed(snapshot) -%}
  {{ snapshot }}.queried_at <= {{ snapshot }}._loaded_at + interval '1 day'
{%- endmacro %}

{# A value of the raw state, of a type. `path` is a list of keys. #}
{% macro state_value(path, type) -%}
  cast(state #>> '{ {{- path | join(',') -}} }' as {{ type }})
{%- endmacro %}

{# Columns of a raw snapshot, typed. #}
{% macro typed_snapshot() -%}
  device_id,
  {{ day_of('queried_at') }} as queried_date,
  customer_id,
  shard,
  queried_at,
  {{ state_value(['site_id'], 'text') }} as site_id,
  {{ state_value(['room_id'], 'text') }} as room_id,
  {{ state_value(['online'], 'boolean') }} as online,
  {{ state_value(['last_seen'], 'timestamptz') }} as last_seen,
  {{ state_value(['uptime_s'], 'bigint') }} as uptime_s,
  {{ state_value(['firmware', 'embedded'], 'text') }} as embedded_version,
  {{ state_value(['firmware', 'hardware'], 'text') }} as hardware_version,
  {{ state_value(['sensors', 'temperature'], 'numeric') }} as temperature,
  {{ state_value(['sensors', 'humidity'], 'numeric') }} as humidity,
  {{ state_value(['sensors', 'valve_position'], 'numeric') }} as valve_position,
  {{ state_value(['sensors', 'rssi'], 'numeric') }} as rssi,
  {{ state_value(['battery', 'voltage'], 'numeric') }} as battery_voltage,
  {{ state_value(['battery', 'percent'], 'numeric') }} as battery_percent,
  {{ state_value(['calibration_total'], 'integer') }} as calibration_total,
  {{ state_value(['connectivity', 'ratio'], 'numeric') }} as connectivity_ratio,
  {%- for parameter, type in configuration_parameters() %}
  {{ state_value(['configuration', parameter], type) }} as {{ parameter }},
  {%- endfor %}
  _loaded_at
{%- endmacro %}

{# The parameters that may be read, with their types. #}
{% macro configuration_parameters() -%}
  {{ return([
    ('target_temperature', 'numeric'), ('eco_temperature', 'numeric'), ('boost_minutes', 'integer'),
    ('window_detection', 'boolean'), ('window_sensitivity', 'integer'), ('child_lock', 'boolean'),
    ('display_brightness', 'integer'), ('schedule_enabled', 'boolean'), ('holiday_mode', 'boolean'),
    ('valve_offset', 'numeric'), ('temperature_offset', 'numeric'), ('report_interval_s', 'integer'),
    ('frost_protection', 'boolean'), ('regulation_mode', 'text')]) }}
{%- endmacro %}
