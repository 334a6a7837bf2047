import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPipelineProject } from './open-pipeline-project.ts';

const target = { name: 'penstock', schema: 's', database: 'd', type: 'postgres', threads: 1 };
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-pipeline-project-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

it('opens what can be built aside', async () => {
  await write({
    'dbt_project.yml': 'name: p\n',
    'models/gold/a.sql': "{{ config(materialized='table', contract={'enforced': false}) }} select 1 as id",
    'models/gold/b.sql': "{{ config(materialized='incremental') }} select * from {{ ref('a') }}",
    'models/gold/c.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
    'seeds/s.csv': 'id\n1\n',
  });
  expect((await openPipelineProject(dir, { target }, {})).graph.models.size).toBe(4);
});

it('names everything it would otherwise build as something else, or not at all', async () => {
  await write({
    'dbt_project.yml': 'name: p\nversion: 1\non-run-end: [select 1]\n',
    'models/m.sql': "{{ config(materialized='materialized_view') }} select 1 as id",
    'models/c.sql': "{{ config(materialized='table', contract={'enforced': true}) }} select 1 as id",
    'models/c.yml': 'models: [{name: c, columns: [{name: id, data_type: int}]}]',
    'snapshots/s.sql':
      "{% snapshot s %}{{ config(unique_key='id', strategy='check', check_cols='all') }} select 1 as id{% endsnapshot %}",
  });
  const message = await openPipelineProject(dir, { target }, {}).catch((error: Error) => error.message);
  expect(message).toContain(
    'models/m.sql:1 a pipeline builds view, table, incremental, ephemeral, no materialized_view',
  );
  expect(message).toContain('models/c.sql:1 a pipeline enforces no contracts');
  expect(message).toContain('snapshots/s.sql:1 a pipeline takes no snapshots');
  expect(message).toContain('dbt_project.yml:3 a pipeline has no start and end');
});
