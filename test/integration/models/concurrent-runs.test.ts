import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlayedProject, playedProject } from './materializations/played-project.ts';

let project: PlayedProject;
beforeAll(async () => {
  project = await playedProject();
});
afterAll(() => project.close());

/** Long enough in the making that runs started together meet. */
const SLOW = 'select g as id, pg_sleep(0.04) is null as x from generate_series(1, 2) as g';
const config = (text: string): string => `{{ config(${text}) }} ${SLOW}`;

test('runs of one model at once take turns: every one succeeds, and none leaves anything behind', {
  retry: 0,
}, async () => {
  await project.write({
    'models/t.sql': config("materialized='table', indexes=[{'columns': ['id'], 'unique': true}]"),
    'models/v.sql': config("materialized='view'"),
    'models/merged.sql': config("materialized='incremental', unique_key='id', incremental_strategy='merge'"),
    'models/replaced.sql': config("materialized='incremental', unique_key='id'"),
    'models/parted.sql': `{{ config(materialized='incremental', unique_key='id', partition_by={'type': 'range', 'field': 'day'}) }}
      select id, date '2024-01-01' as day from (${SLOW}) q`,
    'seeds/s.csv': 'id\n1\n2\n',
  });
  for (let round = 0; round < 2; round += 1) {
    const runs = await Promise.all([1, 2, 3].map(() => project.build({ command: 'build' })));
    expect(runs.map((results) => results.size)).toEqual([6, 6, 6]);
  }
  for (const name of ['t', 'v', 'merged', 'replaced', 'parted', 's'])
    expect([name, await project.rows(`select count(*) from dev.${name}`)]).toEqual([name, ['2']]);
  expect(await project.rows("select relname from pg_class where relname ~ '__dbt'")).toEqual([]);
  expect(
    await project.rows(
      "select count(*) from pg_locks join pg_stat_activity using (pid) where datname = current_database() and locktype = 'advisory'",
    ),
  ).toEqual(['0']);
});
