import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PlayedProject, playedProject } from './played-project.ts';

let project: PlayedProject;
beforeAll(async () => {
  project = await playedProject();
});
afterEach(() => project.rows('drop schema if exists dev cascade; select 1'));
afterAll(() => project.close());

const COLUMNS = `select column_name, data_type from information_schema.columns
  where table_schema = 'dev' and table_name = 's' order by ordinal_position`;
const seed = (play = {}) => project.build({ command: 'seed', ...play });

test('types are inferred; CRLF, quotes, line breaks and empty fields are read as they are meant', async () => {
  await project.write({
    'seeds/s.csv':
      'id,name,amount,on_day,flag\r\n1,"a, ""b""\r\nc",1.50,2024-02-29,true\r\n2,,,,\r\n10,ü,3,2024-03-01,false\r\n',
  });
  const built = await seed();
  expect(built.get('s')).toMatchObject({ message: 'INSERT 3', rowsAffected: 3 });
  expect(await project.rows(COLUMNS)).toEqual([
    'id|integer',
    'name|text',
    'amount|double precision',
    'on_day|date',
    'flag|boolean',
  ]);
  expect(await project.rows('select * from dev.s order by id')).toEqual([
    '1|a, "b"\nc|1.5|2024-02-29|t',
    '2|∅|∅|∅|∅',
    '10|ü|3|2024-03-01|f',
  ]);
});

test('column_types, quote_columns and delimiter', async () => {
  const config = (quoted: boolean) =>
    `version: 2\nseeds:\n  - name: s\n    config: {delimiter: ";", quote_columns: ${quoted}, column_types: {Code: varchar(5), Amount: "numeric(10,2)"}}\n`;
  await project.write({ 'seeds/s.csv': 'Code;Amount\n007;1.5\n', 'seeds/s.yml': config(true) });
  await seed();
  expect(await project.rows(COLUMNS)).toEqual(['Code|character varying', 'Amount|numeric']);
  expect(await project.rows('select "Code", "Amount" from dev.s')).toEqual(['007|1.50']);
  await project.write({ 'seeds/s.yml': config(false) });
  expect((await seed({ fullRefresh: true })).get('s')?.message).toBe('CREATE 1');
  expect(await project.rows('select code, amount from dev.s')).toEqual(['007|1.50']);
});

test('a seed is emptied and filled again: what reads it stays, its indexes are made once; a full refresh makes it anew', async () => {
  await project.write({
    'seeds/s.csv': 'id\n1\n2\n',
    'seeds/s.yml': 'version: 2\nseeds: [{name: s, config: {indexes: [{columns: [id]}]}}]\n',
  });
  await seed();
  await project.rows('create view dev.reader as select max(id) from dev.s; select 1');
  await project.write({ 'seeds/s.csv': 'id\n3\n' });
  await seed();
  expect(await project.rows('select * from dev.reader')).toEqual(['3']);
  expect(await project.rows("select count(*) from pg_indexes where tablename = 's'")).toEqual(['1']);
  await project.write({ 'seeds/s.csv': 'id,name\n3,x\n' });
  expect((await project.play({ command: 'seed' })).get('s')?.status).toBe('error');
  expect(await project.rows('select * from dev.s')).toEqual(['3']);
  await seed({ fullRefresh: true });
  expect(await project.rows('select * from dev.s')).toEqual(['3|x']);
  expect(await project.rows("select to_regclass('dev.reader')::text")).toEqual(['∅']);
});

test('many rows go by COPY, in the transaction, with nothing lost', async () => {
  const lines = Array.from({ length: 5000 }, (_, n) => `${n},"v ""${n}"", x",${n % 3 === 0 ? '' : n / 4}`);
  await project.write({
    'seeds/s.csv': `id,word,ratio\n${lines.join('\n')}\n`,
    'seeds/s.yml': 'version: 2\n',
  });
  project.sent();
  await seed();
  expect(project.sent().filter((text) => text === 'copy' || text.startsWith('COPY'))).toHaveLength(1);
  expect(
    await project.rows(
      `select count(*), sum(id), count(ratio), max(word) filter (where id = 4999) from dev.s`,
    ),
  ).toEqual(['5000|12497500|3333|v "4999", x']);
  await project.write({
    'seeds/s.csv': `id,word,ratio\n${lines.join('\n')}\n9,x,1\n`,
    'seeds/s.yml':
      'version: 2\nseeds: [{name: s, config: {column_types: {id: "integer check (id < 5000)"}, post_hook: "select 1/0"}}]\n',
  });
  expect((await project.play({ command: 'seed' })).get('s')?.status).toBe('error');
  expect(await project.rows('select count(*) from dev.s')).toEqual(['5000']);
});

test("a view is not overwritten; a project's own create_csv_table sees the rows", async () => {
  await project.write({ 'seeds/s.csv': 'id\n1\n', 'seeds/s.yml': 'version: 2\n' });
  await project.rows('create schema dev; create view dev.s as select 7 as id; select 1');
  expect((await project.play({ command: 'seed' })).get('s')).toMatchObject({
    status: 'error',
    message: expect.stringContaining('it is a view'),
  });
  await project.rows('drop view dev.s; select 1');
  await project.write({
    'macros/own.sql': `{% macro postgres__create_csv_table(model, agate_table) %}
      {% set sql %}create table {{ this.render() }} ({% for name in agate_table.column_names %}{{ adapter.quote_seed_column(name, none) }} {{ adapter.convert_type(agate_table, loop.index0) }}{{ ', ' if not loop.last }}{% endfor %}, n int default {{ agate_table.rows | length }}){% endset %}
      {% call statement('_') %}{{ sql }}{% endcall %}{{ return(sql) }}
    {% endmacro %}`,
  });
  await seed();
  expect(await project.rows('select * from dev.s')).toEqual(['1|1']);
});
