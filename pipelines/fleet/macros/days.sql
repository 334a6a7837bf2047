{# The run's logical date: what depends on today is computed from it, never from now(). #}
{% macro as_of() -%}
  cast('{{ var("as_of") }}' as date)
{%- endmacro %}

{# The day an instant falls on in the pipeline's zone. Stored, because it depends on a zone and so cannot be indexed as an expression. #}
{% macro day_of(instant) -%}
  cast({{ instant }} at time zone '{{ var("zone") }}' as date)
{%- endmacro %}

{# The instant a day begins in the pipeline's zone; a day lasts 23 to 25 hours where clocks are changed. #}
{% macro start_of(day) -%}
  (cast({{ day }} as timestamp) at time zone '{{ var("zone") }}')
{%- endmacro %}

{# The Monday of a date's week. #}
{% macro week_of(day) -%}
  cast(date_trunc('week', {{ day }}) as date)
{%- endmacro %}

{# The first of a date's month. #}
{% macro month_of(day) -%}
  cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}
