{# Upper case, no accents, single blanks: two spellings of one city compare equal. Empty becomes NULL. #}
{% macro standard_text(column) -%}
  nullif(upper(trim({{ single_blanks(without_accents(column)) }})), '')
{%- endmacro %}

{# As it was written, without blanks around it or doubled inside. Empty becomes NULL. #}
{% macro tidy_text(column) -%}
  nullif(trim({{ single_blanks(column) }}), '')
{%- endmacro %}

{# Letters without their marks, whether they came composed (NFC) or decomposed (NFD). #}
{% macro without_accents(text) -%}
  {{ adapter.dispatch('without_accents')(text) }}
{%- endmacro %}

{% macro default__without_accents(text) -%}
  regexp_replace(normalize({{ text }}, nfd), '[\u0300-\u036F]', '', 'g')
{%- endmacro %}

{% macro bigquery__without_accents(text) -%}
  regexp_replace(normalize({{ text }}, nfd), r'\p{M}', '')
{%- endmacro %}

{# Every run of white space, tabs, line ends and no-break spaces among it, as one blank. #}
{% macro single_blanks(text) -%}
  {{ adapter.dispatch('single_blanks')(text) }}
{%- endmacro %}

{% macro default__single_blanks(text) -%}
  regexp_replace({{ text }}, '[\s\u00A0\u2000-\u200B\u202F\u3000]+', ' ', 'g')
{%- endmacro %}

{% macro bigquery__single_blanks(text) -%}
  regexp_replace({{ text }}, r'[\s\x{00A0}\x{2000}-\x{200B}\x{202F}\x{3000}]+', ' ')
{%- endmacro %}

{# True where a regular expression that every warehouse knows is found. #}
{% macro matches(text, pattern) -%}
  {{ adapter.dispatch('matches')(text, pattern) }}
{%- endmacro %}

{% macro default__matches(text, pattern) -%}
  ({{ text }} ~ '{{ pattern }}')
{%- endmacro %}

{% macro bigquery__matches(text, pattern) -%}
  regexp_contains({{ text }}, r'{{ pattern }}')
{%- endmacro %}

{# Text without the characters of a class. #}
{% macro without_characters(text, class) -%}
  {{ adapter.dispatch('without_characters')(text, class) }}
{%- endmacro %}

{% macro default__without_characters(text, class) -%}
  regexp_replace({{ text }}, '{{ class }}', '', 'g')
{%- endmacro %}

{% macro bigquery__without_characters(text, class) -%}
  regexp_replace({{ text }}, r'{{ class }}', '')
{%- endmacro %}

{# A number as people read it. #}
{% macro as_text(number) -%}
  {{ adapter.dispatch('as_text')(number) }}
{%- endmacro %}

{% macro default__as_text(number) -%}
  cast({{ number }} as varchar)
{%- endmacro %}

{% macro bigquery__as_text(number) -%}
  cast({{ number }} as string)
{%- endmacro %}

{# A share as whole per cent. #}
{% macro percent(share) -%}
  {{ as_text('cast(round(100 * ' ~ share ~ ') as integer)') }} || '%'
{%- endmacro %}

{# The 27 federative units. #}
{% macro brazilian_states() -%}
  {{ return(['AC', 'AL', 'AM', 'AP', 'BA', 'CE', 'DF', 'ES', 'GO', 'MA', 'MG', 'MS', 'MT', 'PA', 'PB', 'PE', 'PI', 'PR',
             'RJ', 'RN', 'RO', 'RR', 'RS', 'SC', 'SE', 'SP', 'TO']) }}
{%- endmacro %}
