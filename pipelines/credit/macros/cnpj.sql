{#
  A company number without punctuation, letters in upper case; NULL when it holds no digit. Letters stay: numbers given out
  since July 2026 may have them in their first twelve places (Instrução Normativa RFB 2.229/2024). Leading zeros that
  somebody lost are not put back: eleven digits may be a person's CPF.
#}
{% macro cnpj_standard(column) -%}
  (case when {{ matches(column, '[0-9]') }} then upper({{ without_characters(column, '[^0-9A-Za-z]') }}) end)
{%- endmacro %}

{#
  One check digit: 11 less the weighted sum modulo 11, where 10 and 11 become 0 (rule of the Receita Federal). A character
  counts as its ASCII code less 48, so that digits are themselves and A is 17.
#}
{% macro cnpj_check_digit(number, weights) -%}
  mod(mod(11 - mod({{ cnpj_weighted_sum(number, weights) }}, 11), 11), 10)
{%- endmacro %}

{% macro cnpj_weighted_sum(number, weights) -%}
  {%- for weight in weights -%}
    {{ weight }} * (ascii(substr({{ number }}, {{ loop.index }}, 1)) - 48){{ ' + ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}

{#
  True when a standardised number has twelve letters or digits, carries the right check digits and is not one digit
  repeated (fourteen zeros would verify); false for anything else, NULL among it.
#}
{% macro cnpj_is_valid(number) -%}
  {%- set first = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2] -%}
  (case
    when {{ number }} is null or not {{ matches(number, '^[0-9A-Z]{12}[0-9]{2}$') }} then false
    when {{ number }} = repeat(substr({{ number }}, 1, 1), 14) then false
    else ascii(substr({{ number }}, 13, 1)) - 48 = {{ cnpj_check_digit(number, first) }}
     and ascii(substr({{ number }}, 14, 1)) - 48 = {{ cnpj_check_digit(number, [6] + first) }}
  end)
{%- endmacro %}
