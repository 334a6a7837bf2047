import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlayedProject, playedProject } from './played-project.ts';

let project: PlayedProject;
beforeAll(async () => {
  project = await playedProject();
  await project.rows('create schema app; create table app.n as select 1 as id, 2 as other; select 1');
});
afterAll(() => project.close());

const model = (more: string) => ({
  'models/m.sql': `{{ config(materialized='materialized_view'${more}) }}\nselect * from app.n`,
});
const kind = () => project.rows("select relkind from pg_class where oid = to_regclass('dev.m')");
const indexes = () =>
  project.rows(
    `select regexp_replace(indexdef, '^.* USING ', '') from pg_indexes where tablename = 'm' order by 1`,
  );

test('it takes the place of a table, is refreshed, and made anew by a full refresh', async () => {
  await project.write({ 'models/m.sql': "{{ config(materialized='table') }} select 0 as id" });
  await project.build();
  await project.write(model(", indexes=[{'columns': ['id']}]"));
  await project.build();
  expect(await kind()).toEqual(['m']);
  await project.rows('insert into app.n values (2, 3); select 1');
  const oid = await project.rows("select 'dev.m'::regclass::oid");
  expect((await project.build()).get('m')?.message).toBe('REFRESH MATERIALIZED VIEW');
  expect(await project.rows('select count(*) from dev.m')).toEqual(['2']);
  expect(await project.rows("select 'dev.m'::regclass::oid")).toEqual(oid);
  await project.build({ fullRefresh: true });
  expect(await project.rows("select 'dev.m'::regclass::oid")).not.toEqual(oid);
  expect(await indexes()).toEqual(['btree (id)']);
  expect(await project.rows("select count(*) from pg_class where relname like 'm\\_\\_dbt%'")).toEqual(['0']);
});

test('a change of indexes is applied, left with a warning, or an error', async () => {
  const changed =
    ", indexes=[{'columns': ['id', 'other'], 'unique': true}, {'columns': ['other'], 'type': 'hash'}]";
  await project.write(model(`${changed}, on_configuration_change='fail'`));
  expect((await project.play()).get('m')).toMatchObject({
    status: 'error',
    message: expect.stringContaining('`fail`'),
  });
  project.said();
  await project.write(model(`${changed}, on_configuration_change='continue'`));
  expect((await project.build()).get('m')?.message).toContain('skip');
  expect(project.said().join()).toContain('`continue`');
  expect(await indexes()).toEqual(['btree (id)']);
  await project.write(model(changed));
  await project.build();
  expect(await indexes()).toEqual(['btree (id, other)', 'hash (other)']);
  expect((await project.build()).get('m')?.message).toBe('REFRESH MATERIALIZED VIEW');
});

test('a view takes its place', async () => {
  await project.write({ 'models/m.sql': 'select 9 as id' });
  await project.build();
  expect(await kind()).toEqual(['v']);
});
