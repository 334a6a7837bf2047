import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MACROS = `{% macro cents(col, places=2) %}round({{ col }} / 100.0, {{ places }}){% endmacro %}
{% macro tidy(cols) %}{% for c in cols %}coalesce({{ c }}, '') as {{ c }}_clean{{ ', ' if not loop.last }}{% endfor %}{% endmacro %}
`;

const SETTINGS = `name: big
version: '1.0'
profile: big
models:
  big:
    staging:
      +materialized: view
    marts:
      +materialized: table
      +tags: [marts]
`;

const staging = (i: number): string => `{{ config(materialized='view', tags=['daily', 's${i % 7}']) }}
with source as (
  select * from {{ source('raw', 't${i % 50}') }}
),
renamed as (
  select
    id,
    {{ cents('amount') }} as amount,
    {% for c in ['a', 'b', 'c', 'd'] -%}
    nullif(trim({{ c }}), '') as {{ c }},
    {% endfor -%}
    {{ tidy(['x', 'y', 'z']) }},
    {% if target.name == 'prod' %}loaded_at{% else %}current_timestamp as loaded_at{% endif %}
  from source
)
select * from renamed
`;

const mart = (i: number, half: number): string => `{{ config(materialized='table') }}
{% set methods = ['card', 'cash', 'bank', 'gift'] %}
with a as (select * from {{ ref('stg_${i % half}') }}),
b as (select * from {{ ref('stg_${(i * 7) % half}') }})
select a.id,
  {% for m in methods -%}
  sum(case when b.a = '{{ m }}' then {{ cents('b.amount') }} end) as {{ m }}_amount{{ ',' if not loop.last }}
  {% endfor %}
from a left join b using (id)
{% if is_incremental() %}where a.loaded_at > (select max(loaded_at) from {{ this }}){% endif %}
group by 1
`;

const described = (name: string): string => `  - name: ${name}
    description: One row per id.
    columns:
      - name: id
        description: Key.
        data_tests: [unique, not_null]
`;

/** Writes a project of `models` models, half staging, half marts, each described and tested twice. */
export async function writeBigProject(dir: string, models: number): Promise<void> {
  const half = Math.max(1, Math.floor(models / 2));
  for (const folder of ['models/staging', 'models/marts', 'macros'])
    await mkdir(join(dir, folder), { recursive: true });
  await writeFile(join(dir, 'dbt_project.yml'), SETTINGS);
  await writeFile(join(dir, 'macros/all.sql'), MACROS);
  const tables = Array.from({ length: 50 }, (_, i) => `      - name: t${i}\n`).join('');
  await writeFile(join(dir, 'models/sources.yml'), `sources:\n  - name: raw\n    tables:\n${tables}`);
  const names: string[] = [];
  for (let i = 0; i < models; i += 1) {
    const isStaging = i < half;
    const name = isStaging ? `stg_${i}` : `mart_${i}`;
    const folder = isStaging ? 'staging' : 'marts';
    await writeFile(join(dir, `models/${folder}/${name}.sql`), isStaging ? staging(i) : mart(i, half));
    names.push(name);
  }
  await writeFile(join(dir, 'models/schema.yml'), `models:\n${names.map(described).join('')}`);
}
