import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openProject } from '../open-project.ts';

const target = { name: 'dev', schema: 'base', database: 'db', type: 'postgres', threads: 1 };

/** Rules of the project's own that only call the built-in ones: with them every name is made by macros. */
const ASKING = ['schema', 'alias']
  .map(
    (what) =>
      `{% macro generate_${what}_name(custom_${what}_name=none, node=none) %}{{ return(adapter.dispatch('generate_${what}_name', 'dbt')(custom_${what}_name, node)) }}{% endmacro %}`,
  )
  .join('\n');

const FILES = {
  'dbt_project.yml': 'name: p\nmodels: {p: {placed: {+schema: " spaced "}}}\nseeds: {+schema: raw}\n',
  'models/plain.sql': 'select 1',
  'models/placed/one.sql': 'select 1',
  'models/both.sql': "{{ config(schema='mart', alias=' other ') }} select 1",
  'models/empty.sql': "{{ config(schema='', alias='') }} select 1",
  'models/number.sql': "{{ config(schema='2024', alias='7') }} select 1",
  'models/v_v1.sql': 'select 1',
  'models/v_v2.sql': "{{ config(alias='chosen') }} select 1",
  'models/w.sql': 'select 1',
  'models/v.yml':
    'models:\n  - {name: v, versions: [{v: 1}, {v: 2}]}\n  - {name: w, versions: [{v: "1.5", defined_in: w}]}\n',
  'seeds/s.csv': 'id\n1\n',
  'snapshots/snap.sql':
    "{% snapshot snap %}{{ config(target_schema='history', unique_key='id', strategy='check', check_cols='all') }} select 1 as id{% endsnapshot %}",
};

async function relationsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-names-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
    const { graph } = await openProject(dir, { target });
    return [...graph.models.values()].map(
      ({ key, relation }) => `${key} ${relation.schema}.${relation.name}`,
    );
  } finally {
    await rm(dir, { recursive: true });
  }
}

it('names relations as the macros do that it leaves out', async () => {
  const said = await relationsOf(FILES);
  expect(said).toContain('both base_mart.other');
  expect(said).toContain('w.v1.5 base.w_v1_5');
  expect(said).toEqual(await relationsOf({ ...FILES, 'macros/names.sql': ASKING }));
});

it('asks a rule of the project, also one that is only dispatched to', async () => {
  const own =
    '{% macro postgres__generate_alias_name(custom_alias_name, node) %}mine_{{ node.name }}{{ node.version or 0 }}{% endmacro %}';
  expect(await relationsOf({ ...FILES, 'macros/names.sql': own })).toContain('plain base.mine_plain0');
});
