import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makePartitions } from '#shared/models/postgres/partition-sql.ts';
import { type PlayedProject, playedProject } from './materializations/played-project.ts';

let project: PlayedProject;
beforeAll(async () => {
  project = await playedProject();
});
afterEach(() => project.rows('drop schema if exists dev cascade; select 1'));
afterAll(() => project.close());

const NOW = '2024-03-10T12:00:00Z';
const model = (config: string, first: string, more = first): Readonly<Record<string, string>> => ({
  'models/m.sql': `{{ config(${config}) }}
{% if is_incremental() %}${more}{% else %}${first}{% endif %}`,
});
const rowsOf = (...rows: readonly (readonly [number, string | null])[]): string =>
  `select id, day::date as day from (values ${rows.map(([id, day]) => `(${id}, ${day === null ? 'null' : `'${day}'`})`).join(', ')}) as v(id, day)`;
const table = (partition: string, more = ''): string =>
  `materialized='table', partition_by={'type': 'range', 'field': 'day'${partition}}${more}`;
const incremental = (partition: string, more = ''): string =>
  table(partition, more).replace("'table'", "'incremental'");

/** Partitions of dev.m by their bounds and rows. */
const partitions = () =>
  project.rows(`select pg_get_expr(c.relpartbound, c.oid), (xpath('/row/n/text()', query_to_xml('select count(*) as n from ' || c.oid::regclass, false, true, '')))[1]
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'dev.m'::regclass order by 1`);
const month = (from: string, to: string, rows: number): string =>
  `FOR VALUES FROM ('${from}') TO ('${to}')|${rows}`;

test('a table is built in the months of its rows, of today and the next, and swapped as a whole', async () => {
  const more = ", indexes=[{'columns': ['id', 'day'], 'unique': true}]";
  await project.write(
    model(table('', more), rowsOf([1, '2024-01-31'], [2, '2024-02-01'], [3, '2024-02-29'])),
  );
  for (let run = 0; run < 2; run += 1) {
    expect((await project.build({ now: NOW })).get('m')?.rowsAffected).toBe(3);
    expect(await partitions()).toEqual([
      month('2024-01-01', '2024-02-01', 1),
      month('2024-02-01', '2024-03-01', 2),
      month('2024-03-01', '2024-04-01', 0),
      month('2024-04-01', '2024-05-01', 0),
    ]);
  }
  expect(
    await project.rows(
      "select count(*) from pg_index i join pg_class c on c.oid = i.indrelid where c.relname like 'm\\_\\_p%' and i.indisunique",
    ),
  ).toEqual(['4']);
  expect(await project.rows("select relname from pg_class where relname ~ '__dbt' order by 1")).toEqual([]);
});

test('rows of a new month are added by a partition of their own', async () => {
  await project.write(
    model(
      incremental('', ", unique_key=['id', 'day'], incremental_strategy='merge'"),
      rowsOf([1, '2024-01-31']),
      rowsOf([1, '2024-01-31'], [2, '2023-07-01']),
    ),
  );
  await project.build({ now: NOW });
  await project.build({ now: NOW });
  expect(await project.rows('select id, day from dev.m order by id')).toEqual([
    '1|2024-01-31',
    '2|2023-07-01',
  ]);
  expect((await partitions())[0]).toBe(month('2023-07-01', '2023-08-01', 1));
  expect(await project.rows("select conname from pg_constraint where conname = 'penstock_bounds'")).toEqual(
    [],
  );
});

test('what has expired is dropped with its partition and does not come back with a late row', async () => {
  await project.write(
    model(
      incremental(", 'retention': '2 months'"),
      rowsOf([1, '2024-01-31'], [2, '2023-12-31'], [3, '2024-03-01']),
      rowsOf([4, '2024-01-01'], [5, '2024-05-05']),
    ),
  );
  await project.build({ now: NOW });
  expect(await project.rows('select id from dev.m order by id')).toEqual(['1', '3']);
  await project.build({ now: '2024-05-01T00:00:00Z' });
  expect(await project.rows('select id from dev.m order by id')).toEqual(['3', '5']);
  expect((await partitions()).map((text) => text.slice(17, 29))).toEqual([
    "'2024-03-01'",
    "'2024-04-01'",
    "'2024-05-01'",
    "'2024-06-01'",
  ]);
  expect(
    await project.rows("select count(*) from pg_class where relname like 'm\\_\\_p%' and relkind = 'r'"),
  ).toEqual(['4']);
});

test.each([
  ['no date', [1, null], '1 rows have no day and 0 lie outside'],
  [
    'a date nobody believes',
    [1, '0001-01-01'],
    '0 rows have no day and 1 lie outside of 1970-01-01 to 2100-01-01',
  ],
  ['infinity', [1, 'infinity'], '1 lie outside'],
] as const)(
  '%s is refused with a sentence, and kept in quarantine on request',
  async (_name, row, problem) => {
    await project.write(model(table(''), rowsOf([7, '2024-03-01'], row)));
    expect((await project.play({ now: NOW })).get('m')?.message).toContain(problem);
    expect(await project.rows("select to_regclass('dev.m')")).toEqual(['∅']);
    await project.write(
      model(table(", 'strays': 'keep', 'retention': '1 month'"), rowsOf([7, '2024-03-01'], row)),
    );
    await project.build({ now: NOW });
    expect((await partitions())[0]).toBe('DEFAULT|1');
  },
);

test('a table that stands in one piece, or by another field, is refused until it is rebuilt', async () => {
  await project.write(model("materialized='incremental'", rowsOf([1, '2024-03-01'])));
  await project.build({ now: NOW });
  await project.write(model(incremental(''), rowsOf([1, '2024-03-01'])));
  expect((await project.play({ now: NOW })).get('m')?.message).toContain('rebuild it with a full refresh');
  await project.build({ now: NOW, fullRefresh: true });
  expect(await partitions()).toHaveLength(2);
});

test.each([
  ['date', "'2024-01-01'"],
  ['timestamp', "'2024-01-01 00:00:00'"],
  ['timestamptz', "'2024-01-01 00:00:00+00'"],
])('a %s is cut by its months, at UTC', async (type, from) => {
  await project.write(model(table(''), `select 1 as id, '2024-01-31 23:30:00+00'::${type} as day`));
  await project.build({ now: NOW });
  expect(
    await project.rows(
      "set timezone = 'UTC'; select pg_get_expr(c.relpartbound, c.oid) from pg_class c where relispartition and relkind = 'r' order by 1 limit 1",
    ),
  ).toEqual([expect.stringContaining(`FROM (${from})`)]);
});

test('new columns reach every partition; a contract and its comments stand on the table', async () => {
  const config = incremental('', ", on_schema_change='append_new_columns', persist_docs={'relation': true}");
  await project.write({
    ...model(
      config,
      rowsOf([1, '2024-01-31']),
      `select q.*, 'x' as extra from (${rowsOf([2, '2024-06-01'])}) q`,
    ),
    'models/m.yml': 'models:\n  - name: m\n    description: by month\n',
  });
  await project.build({ now: NOW });
  await project.build({ now: NOW });
  expect(await project.rows('select id, extra from dev.m order by id')).toEqual(['1|∅', '2|x']);
  expect(await project.rows("select obj_description('dev.m'::regclass)")).toEqual(['by month']);
});

test('an unlogged table has unlogged partitions', async () => {
  await project.write(model(table('', ', unlogged=true'), rowsOf([1, '2024-01-31'])));
  await project.build({ now: NOW });
  expect(
    await project.rows("select distinct relpersistence from pg_class where relispartition and relkind = 'r'"),
  ).toEqual(['u']);
});

test('partition_by of another warehouse asks for nothing', async () => {
  await project.write(
    model("materialized='table', partition_by={'field': 'day', 'data_type': 'date'}", rowsOf([1, null])),
  );
  await project.build({ now: NOW });
  expect(await project.rows("select relkind from pg_class where oid = 'dev.m'::regclass")).toEqual(['r']);
});

test('attaching scans nothing: the server takes the bounds from the CHECK, which then goes', async () => {
  const client = new pg.Client({ connectionString: project.database.url });
  const said: string[] = [];
  client.on('notice', ({ message = '' }) => said.push(message));
  await client.connect();
  try {
    await client.query(
      "set client_min_messages = debug1; create schema dev; create table dev.m (day date) partition by range (day); create temporary table r as select date '2024-01-31' as day",
    );
    const partitions = {
      field: 'day',
      granularity: 'month',
      retention: undefined,
      strays: 'refuse',
    } as const;
    const window = { earliest: '1970-01-01', latest: '2100-01-01' };
    await client.query(
      makePartitions(
        {
          table: '"dev"."m"',
          base: 'm',
          partitions: { ...partitions, ...window },
          today: '2024-03-10',
          unlogged: false,
        },
        'r',
      ),
    );
  } finally {
    await client.end();
  }
  const proofs = said.filter((message) => message.includes('is implied by existing constraints'));
  expect(proofs).toHaveLength(3);
  expect(await project.rows("select count(*) from pg_constraint where conname = 'penstock_bounds'")).toEqual([
    '0',
  ]);
});

test('a contract holds in partitions: columns in its order, its constraints, and its failures', async () => {
  const contract = (day: string): string => `
models:
  - name: m
    config: { contract: { enforced: true } }
    constraints: [{ type: primary_key, columns: [day, id] }, { type: check, expression: "id < 100" }]
    columns:
      - { name: day, data_type: ${day}, constraints: [{ type: not_null }] }
      - { name: id, data_type: int }`;
  const rows = (id: number) =>
    model(incremental('', ", unique_key=['id', 'day'], on_schema_change='fail'"), rowsOf([id, '2024-03-01']));
  await project.write({ ...rows(1), 'models/m.yml': contract('date') });
  await project.build({ now: NOW });
  await project.write(rows(2));
  await project.build({ now: NOW });
  expect(await project.rows('select * from dev.m order by id')).toEqual(['2024-03-01|1', '2024-03-01|2']);
  expect(
    await project.rows(
      "select contype, convalidated from pg_constraint where conrelid = 'dev.m'::regclass and contype in ('p', 'c') order by 1",
    ),
  ).toEqual(['c|t', 'p|t']);
  await project.write(rows(100));
  expect((await project.play({ now: NOW })).get('m')?.message).toMatch(/constraint/);
  await project.write({ ...rows(3), 'models/m.yml': contract('text') });
  expect((await project.play({ now: NOW, fullRefresh: true })).get('m')?.message).toMatch(/contract/);
  expect(await project.rows('select count(*) from dev.m')).toEqual(['2']);
  await project.write({ 'models/m.yml': '' });
});

test('batches of a microbatch model make the months they need, aside and in place', async () => {
  const events = `{{ config(materialized='incremental', incremental_strategy='microbatch', unique_key=['id', 'day'], event_time='day', begin='2024-01-30',
      batch_size='day', lookback=0, partition_by={'type': 'range', 'field': 'day'}) }}
    select extract(day from d)::int as id, d::date as day from generate_series('2024-01-30'::timestamp, '2024-02-02', '1 day') d
    {% if model.batch %}where d >= '{{ model.batch.event_time_start }}'::timestamptz at time zone 'UTC' and d < '{{ model.batch.event_time_end }}'::timestamptz at time zone 'UTC'{% endif %}`;
  await project.write({ 'models/m.sql': events, 'models/m.yml': '' });
  for (const audit of [false, true]) {
    await project.build({ command: 'build', now: '2024-01-31T12:00:00Z', audit });
    await project.build({
      command: 'build',
      now: '2024-02-02T12:00:00Z',
      audit,
      eventTimeStart: '2024-02-01',
      eventTimeEnd: '2024-02-03',
    });
    expect((await partitions()).filter((one) => !one.endsWith('|0'))).toEqual([
      month('2024-01-01', '2024-02-01', 2),
      month('2024-02-01', '2024-03-01', 2),
    ]);
    await project.rows('drop schema dev cascade; select 1');
  }
});
