{# Digits of a company number, whatever punctuation it was written with; NULL stays NULL. #}
{% macro cnpj_digits(column) -%}
  nullif(regexp_replace({{ column }}, '[^0-9]', '', 'g'), '')
{%- endmacro %}

{# One check digit: weighted sum of the digits before it, módulo 11 (rule of the Receita Federal). #}
{% macro cnpj_check_digit(digits, weights) -%}
  (case when ({{ cnpj_weighted_sum(digits, weights) }}) % 11 < 2 then 0
        else 11 - ({{ cnpj_weighted_sum(digits, weights) }}) % 11 end)
{%- endmacro %}

{% macro cnpj_weighted_sum(digits, weights) -%}
  {%- for weight in weights -%}
    {{ weight }} * cast(substr({{ digits }}, {{ loop.index }}, 1) as integer){{ ' + ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}

{# True when 14 digits carry the right check digits and are not one digit repeated; false for anything else. #}
{% macro cnpj_is_valid(digits) -%}
  {%- set first = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2] -%}
  (case
    when {{ digits }} is null or length({{ digits }}) <> 14 then false
    when {{ digits }} = repeat(substr({{ digits }}, 1, 1), 14) then false
    else cast(substr({{ digits }}, 13, 1) as integer) = {{ cnpj_check_digit(digits, first) }}
     and cast(substr({{ digits }}, 14, 1) as integer) = {{ cnpj_check_digit(digits, [6] + first) }}
  end)
{%- endmacro %}
