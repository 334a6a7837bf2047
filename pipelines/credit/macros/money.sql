{# From here on, in BRL, an amount is taken for a slip of the keyboard: a trillion. #}
{% macro absurd_amount() -%}
  1000000000000
{%- endmacro %}

{# A number as an amount: two decimals in every warehouse, never a float. #}
{% macro brl(number) -%}
  cast({{ number }} as numeric(18, 2))
{%- endmacro %}
