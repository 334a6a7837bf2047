{# How many of the named flags are true. #}
{% macro flag_count(flags) -%}
  {%- for flag in flags -%}
    cast({{ flag }} as integer){{ ' + ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}
