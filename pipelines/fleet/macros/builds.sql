{#
  The number of this build of an incremental model, one above the largest its table holds. Merges into one table never overlap, so
  whoever remembers the largest he has read finds every row written since by `_build >` it. A table built whole begins at 1 again: what
  reads it by number is `rebuildable`, and built whole with it.
#}
{% macro next_build(column) -%}
  {%- if is_incremental() -%}
  (select coalesce(max(t.{{ column }}), 0) + 1 from {{ this }} as t)
  {%- else -%}
  cast(1 as bigint)
  {%- endif -%}
{%- endmacro %}
