{# Upper case, no accents, single blanks: two spellings of one city compare equal. Empty becomes NULL. #}
{% macro standard_text(column) -%}
  nullif(upper(regexp_replace(regexp_replace(normalize(trim({{ column }}), nfd), U&'[\0300-\036F]', '', 'g'), '\s+', ' ', 'g')), '')
{%- endmacro %}

{# The 27 federative units. #}
{% macro brazilian_states() -%}
  {{ return(['AC', 'AL', 'AM', 'AP', 'BA', 'CE', 'DF', 'ES', 'GO', 'MA', 'MG', 'MS', 'MT', 'PA', 'PB', 'PE', 'PI', 'PR',
             'RJ', 'RN', 'RO', 'RR', 'RS', 'SC', 'SE', 'SP', 'TO']) }}
{%- endmacro %}
