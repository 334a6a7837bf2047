import { cpus, loadavg } from 'node:os';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import type { Value } from '#shared/template/values/value.ts';

// Renders 1,000 different models of realistic size, parsing included, and prints one JSON line.
// Each has config, refs, a source, a loop with a nested one, conditions, and two macros of its own.

const models = 1_000;
const rounds = 5;
const limitMs = 1_000;

function source(index: number): string {
  const columns = Array.from(
    { length: 24 },
    (_, column) => `    cast(payload_${column} as numeric(18, 2)) as amount_${column},`,
  );
  return `{{ config(materialized='incremental', unique_key=['id', 'day'], tags=['nightly', 'm${index}'],
  partition_by={'field': 'day', 'data_type': 'date'}, on_schema_change='append_new_columns') }}
{%- set statuses = ['placed', 'shipped', 'returned', 'lost', 'paid_${index}'] -%}
{%- macro cents(column, precision=2) -%}
  round({{ column }} / 100.0, {{ precision }})
{%- endmacro -%}
{%- macro pivot(values, column) -%}
  {%- for value in values %}
    sum(case when status = '{{ value | replace("'", "''") }}' then {{ cents(column) }} else 0 end) as {{ value ~ '_' ~ column }}{{ ',' if not loop.last }}
  {%- endfor -%}
{%- endmacro -%}
with orders as (
  select * from {{ ref('stg_orders_${index}') }}
  {% if is_incremental() -%}
  where updated_at > (select coalesce(max(updated_at), '1970-01-01') from {{ this }})
  {%- endif %}
), raw as (
  select id, status, updated_at,
${columns.join('\n')}
    date_trunc('day', updated_at) as day
  from {{ source('shop', 'payments') }}
), joined as (
  select o.id, o.status, r.day, {% for n in range(8) %}r.amount_{{ n }}{{ ', ' if not loop.last }}{% endfor %}
  from orders o join raw r on r.id = o.id -- model ${index}
)
select id, day,
  {{ pivot(statuses, 'amount_0') }},
  {{ pivot(statuses[:3], 'amount_1') }}
  {%- for group in [{'name': 'low', 'bounds': [0, 10]}, {'name': 'high', 'bounds': [10, ${index + 11}]}] %},
  count(*) filter (where amount_2 >= {{ group.bounds[0] }} and amount_2 < {{ group.bounds[1] }}) as {{ group.name | upper }}
  {%- endfor %}
from joined
{% for other in ['a', 'b'] %}left join {{ ref('dim_' ~ other) }} using (id)
{% endfor %}
group by 1, 2
`;
}

function context(): Map<string, Value> {
  const relation = (name: string): Value => `"analytics"."gold"."${name}"`;
  return new Map<string, Value>([
    ['config', hostFunction('config', () => '')],
    ['ref', hostFunction('ref', (call) => relation(String(call.args[0])))],
    ['source', hostFunction('source', (call) => relation(String(call.args[1])))],
    ['is_incremental', hostFunction('is_incremental', () => true)],
    ['this', relation('this')],
    ['target', new HostRecord('Target', { name: 'dev' })],
  ]);
}

interface Round {
  readonly parseMs: number;
  readonly renderMs: number;
  readonly characters: number;
}

function runOnce(sources: readonly string[]): Round {
  const environment = createEnvironment();
  const names = context();
  const start = performance.now();
  const templates = sources.map((text, index) => environment.parse(text, `models/m${index}.sql`));
  const parsed = performance.now();
  let characters = 0;
  for (const template of templates) {
    const text = template.render(names);
    if (typeof text !== 'string') throw new Error('a template that waits for nothing must render at once');
    characters += text.length;
  }
  return { parseMs: parsed - start, renderMs: performance.now() - parsed, characters };
}

const sources = Array.from({ length: models }, (_, index) => source(index));
const measured = Array.from({ length: rounds }, () => runOnce(sources));
const totals = measured.map(({ parseMs, renderMs }) => parseMs + renderMs);
const first = measured[0];
const best = measured[totals.indexOf(Math.min(...totals))];
const report = {
  bench: 'template/render',
  models,
  sourceCharacters: sources.reduce((sum, text) => sum + text.length, 0),
  outputCharacters: first?.characters ?? 0,
  coldMs: Math.round(totals[0] ?? 0),
  bestMs: Math.round(Math.min(...totals)),
  bestParseMs: Math.round(best?.parseMs ?? 0),
  bestRenderMs: Math.round(best?.renderMs ?? 0),
  limitMs,
  passed: (totals[0] ?? Number.POSITIVE_INFINITY) <= limitMs,
  // Figures of a machine with other work on its cores say little; the load tells.
  load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  cores: cpus().length,
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
};
process.stdout.write(`${JSON.stringify(report)}\n`);
