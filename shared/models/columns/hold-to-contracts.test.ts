import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { object, shapedJson, text } from '#shared/pipeline/field.ts';
import { openProject } from '../open-project.ts';
import { holdToContracts } from './hold-to-contracts.ts';

const target = { name: 'penstock', schema: 'p', database: 'd', type: 'postgres', threads: 1 };
const STREAMS = {
  orders: {
    contract: {
      version: 1,
      key: ['id'],
      fields: { id: text(), state: shapedJson({ at: object({ shop: text() }) }) },
    },
  },
};
const BRONZE = `{{ config(materialized='incremental', unique_key='id', version_column='_version', hash_column='_row_hash') }}
select id, cast(state as jsonb) as state, _cursor, _version, _row_hash, _slice, {{ load_metadata() }}
from {{ source('landing', 'orders') }}
`;
const FILES = {
  'dbt_project.yml': 'name: p\n',
  'models/sources.yml': 'sources: [{name: landing, schema: p_temp, tables: [{name: orders}]}]',
  'models/bronze/orders.sql': BRONZE,
  'seeds/shops.csv': 'shop,city\n1,x\n',
};
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-held-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** Holds a project of these files, on top of a good one. */
async function held(files: Readonly<Record<string, string>>, streams = STREAMS as object) {
  for (const [path, content] of Object.entries({ ...FILES, ...files })) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  const { problems, unread } = await holdToContracts(
    await openProject(dir, { target }),
    streams as typeof STREAMS,
  );
  const said = (list: typeof problems): string[] =>
    list.map(({ file, line, cause }) => `${file}:${line} ${cause}`);
  return { problems: said(problems), unread: said(unread) };
}

const NOTHING = { problems: [], unread: [] };

describe('a column outside of a contract', () => {
  it('is refused where bronze selects it, with its line', async () => {
    const { problems } = await held({
      'models/bronze/orders.sql': BRONZE.replace('_cursor', '-- owner\n  owner, _cursor'),
    });
    expect(problems).toEqual([
      'models/bronze/orders.sql:3 reads owner, which is not in the contract of stream orders: it has id, state, _cursor, _version, _row_hash, _slice, _file_id; declare it there, or leave it out',
    ]);
  });

  it('is refused above bronze too, through stars, common table expressions, ephemeral models and views', async () => {
    const { problems } = await held({
      'models/silver/a.sql':
        "{{ config(materialized='ephemeral') }} select *, 1 as one from {{ ref('orders') }}",
      'models/silver/b.sql': "with a as (select * from {{ ref('a') }}) select a.id, a.one,\n a.owner from a",
      'models/gold/c.sql': "select one, b.city from {{ ref('b') }} as b",
    });
    expect(problems).toEqual([
      expect.stringMatching(
        /^models\/gold\/c\.sql:1 reads city, which is no column of model b: it has id, one, owner$/,
      ),
      expect.stringMatching(
        /^models\/silver\/b\.sql:2 reads owner, which is no column of a: it has id, state, .*, one$/,
      ),
    ]);
  });

  it('is refused in an ephemeral model once, not in those that read it', async () => {
    const { problems } = await held({
      'models/silver/a.sql':
        "{{ config(materialized='ephemeral') }} select id, owner from {{ ref('orders') }}",
      'models/silver/b.sql': "select * from {{ ref('a') }}",
    });
    expect(problems).toEqual([expect.stringMatching(/^models\/silver\/a\.sql:1 reads owner/)]);
  });

  it('is refused in a seed, in either form of an incremental model, and of the model itself', async () => {
    const second = `{{ config(materialized='incremental', unique_key='id') }}
select id from {{ ref('orders') }}
{% if is_incremental() %}
where owner is null and id > (select max(t.town) from {{ this }} as t)
{% endif %}`;
    const { problems } = await held({
      'models/silver/a.sql': "select s.town from {{ ref('shops') }} as s",
      'models/silver/b.sql': second,
    });
    expect(problems).toEqual([
      'models/silver/a.sql:1 reads town, which is no column of seed shops: it has shop, city',
      expect.stringMatching(/^models\/silver\/b\.sql:4 reads owner, which is no column of model orders/),
      'models/silver/b.sql:4 reads town, which is no column of model b: it has id',
    ]);
  });

  it('is refused in tests, singular and generic, of models and of landed rows', async () => {
    const { problems } = await held({
      'models/sources.yml': `sources:
  - name: landing
    schema: p_temp
    tables:
      - name: orders
        columns:
          - name: owner
            data_tests: [not_null]
`,
      'models/m.yml': 'models:\n  - name: orders\n    columns:\n      - {name: town, data_tests: [unique]}\n',
      'tests/odd.sql': "select *\nfrom {{ ref('orders') }}\nwhere city = 'x'",
    });
    expect(problems).toHaveLength(3);
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^models\/sources\.yml:\d+ test source_not_null_landing_orders_owner reads owner, which is not in the contract of stream orders/,
        ),
        expect.stringMatching(
          /^models\/m\.yml:\d+ test unique_orders_town reads town, which is no column of model orders/,
        ),
        expect.stringMatching(/^tests\/odd\.sql:3 test odd reads city, which is no column of model orders/),
      ]),
    );
  });

  it('is looked for in macros when its model does not write it', async () => {
    const { problems } = await held({
      'macros/keys.sql': "{% macro owner_of(column) %}{{ column }}\n ->> 'owner'{% endmacro %}",
      'models/silver/a.sql':
        "select {{ owner_of('state') }} as x, {{ owner_of('state') }} as y from {{ ref('orders') }}",
      'models/silver/b.sql': "select\n state ->> '{{ 'to' }}wn' as z from {{ ref('orders') }}",
    });
    expect(problems).toEqual([
      expect.stringMatching(
        /^models\/silver\/a\.sql:1 reads state\.owner, .*\(macros\/keys\.sql:2 writes it\)$/,
      ),
      expect.stringMatching(/^models\/silver\/b\.sql:1 reads state\.town, .*\(line 2 of its compiled SQL\)$/),
    ]);
  });
});

describe('what is let through', () => {
  it('a project that reads what there is', async () => {
    const project = {
      'models/silver/a.sql': "select id, state #>> '{at,shop}' as shop, _loaded_at from {{ ref('orders') }}",
      'models/gold/b.sql':
        "select a.*, s.city from {{ ref('a') }} as a left join {{ ref('shops') }} as s using (shop)",
      'tests/fine.sql': "select * from {{ ref('b') }} where city is null and id is null",
    };
    expect(await held(project)).toEqual(NOTHING);
  });

  it('any column of other sources, and of streams that nobody declares', async () => {
    const project = {
      'models/sources.yml': `sources:
  - {name: landing, schema: p_temp, tables: [{name: orders}, {name: others}]}
  - {name: crm, schema: crm, tables: [{name: orders}]}`,
      'models/silver/a.sql':
        "select o.owner, c.town from {{ source('landing', 'others') }} o, {{ source('crm', 'orders') }} c",
      'models/gold/b.sql': "select owner, town from {{ ref('a') }}",
    };
    expect(await held(project)).toEqual(NOTHING);
    const bronze = { 'models/bronze/orders.sql': BRONZE.replace('_cursor', 'owner, _cursor') };
    expect((await held({ ...project, ...bronze }, {})).problems).toEqual([]);
  });

  it('models that only the warehouse can say, with a word on each; what reads them may read any column', async () => {
    const project = {
      'models/silver/asks.sql':
        "{% if execute %}{% set n = run_query('select 1').columns[0][0] %}{% endif %} select {{ n }} as n from {{ ref('orders') }}",
      'models/silver/broken.sql':
        "select {% if execute %}{{ raised_nowhere() }}{% endif %} from {{ ref('orders') }}",
      'models/silver/odd.sql': "select from from {{ ref('orders') }}",
      'models/gold/reads.sql':
        "select a.owner from {{ ref('asks') }} a, {{ ref('broken') }} b, {{ ref('odd') }} c",
    };
    const { problems, unread } = await held(project);
    expect(problems).toEqual([]);
    expect(unread).toEqual([
      'models/silver/asks.sql:1 its columns are held to no contract: it asks the warehouse while it is compiled',
      expect.stringMatching(/^models\/silver\/broken\.sql:1 .*it does not compile, .*raised_nowhere/),
      'models/silver/odd.sql:1 its columns are held to no contract: PostgreSQL says syntax error at or near "from"',
    ]);
  });
});
