import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlayedProject, playedProject } from './materializations/played-project.ts';

let played: PlayedProject;
beforeAll(async () => {
  played = await playedProject();
});
afterAll(() => played.close());

const PROPERTIES = `models:
  - name: parent
    config: {materialized: table, contract: {enforced: true}}
    constraints: [{type: primary_key, columns: [id]}]
    columns:
      - {name: id, data_type: int, constraints: [{type: not_null}]}
      - {name: code, data_type: text, constraints: [{type: unique}, {type: check, expression: "code <> ''", name: code_filled}]}
  - name: a_child
    config: {materialized: table, contract: {enforced: true}}
    constraints:
      - {type: primary_key, columns: [id], name: child_pk}
      - {type: foreign_key, columns: [parent_id], to: ref('parent'), to_columns: [id], name: child_fk}
      - {type: check, expression: "id > 0", columns: [id]}
      - {type: unique, columns: [id, parent_id], name: child_uq}
      - {type: custom, expression: "exclude using btree (id with =)"}
    columns:
      - {name: id, data_type: bigint, constraints: [{type: not_null}, {type: check, expression: "id < 100"}]}
      - {name: parent_id, data_type: int, constraints: [{type: foreign_key, to: ref('parent'), to_columns: [id]}]}
      - {name: amount, data_type: "numeric(10,2)", constraints: [{type: custom, expression: "default 0"}]}
      - {name: Quoted, data_type: string, quote: true}
  - name: mism
    config: {materialized: table, contract: {enforced: true}}
    columns:
      - {name: id, data_type: text}
      - {name: missing_one, data_type: int}
      - {name: amount, data_type: "numeric(5,1)"}
  - name: vmis
    config: {materialized: view, contract: {enforced: true}}
    columns: [{name: id, data_type: text, constraints: [{type: not_null, warn_unsupported: false}]}]
  - name: untyped
    config: {materialized: table, contract: {enforced: true}}
    columns: [{name: id}]
  - name: grows
    config: {materialized: incremental, unique_key: id, on_schema_change: append_new_columns, contract: {enforced: true}}
    columns:
      - {name: id, data_type: int, constraints: [{type: not_null}]}
      - {name: c, data_type: text}
`;

const FILES = {
  'models/properties.yml': PROPERTIES,
  'models/parent.sql': "select 1 as id, 'x'::text as code",
  'models/a_child.sql': `select 'q'::text as "Quoted", 1::bigint as id, 1 as parent_id, 2.50::numeric(10,2) as amount`,
  'models/mism.sql': "select 1 as id, 2 as extra, 'a' as amount",
  'models/vmis.sql': 'select 1 as id',
  'models/untyped.sql': 'select 1 as id',
  'models/grows.sql': "select 1 as id, 'x'::text as c",
};

const columnsOf = (table: string): Promise<string[]> =>
  played.rows(`select attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attrelid = 'dev.${table}'::regclass and attnum > 0 order by attnum`);

const constraintsOf = (table: string): Promise<string[]> =>
  played.rows(`select conname, pg_get_constraintdef(oid) from pg_constraint
    where conrelid = 'dev.${table}'::regclass and contype <> 'n' order by conname`);

/** Relations, constraints and messages are what the original made of the same project. */
test('a table has the columns and constraints of its contract, after what its foreign keys point at', async () => {
  await played.write(FILES);
  const results = await played.play({ command: 'run' });
  expect(Object.fromEntries([...results].map(([name, { status }]) => [name, status]))).toEqual({
    parent: 'success',
    a_child: 'success',
    mism: 'error',
    vmis: 'error',
    untyped: 'error',
    grows: 'success',
  });
  expect(await columnsOf('a_child')).toEqual([
    'id|bigint|t|∅',
    'parent_id|integer|f|∅',
    'amount|numeric(10,2)|f|0',
    'Quoted|text|f|∅',
  ]);
  expect(await constraintsOf('a_child')).toEqual([
    'a_child__dbt_tmp_id_check|CHECK ((id < 100))',
    'a_child__dbt_tmp_id_check1|CHECK ((id > 0))',
    'a_child__dbt_tmp_id_excl|EXCLUDE USING btree (id WITH =)',
    'a_child__dbt_tmp_parent_id_fkey|FOREIGN KEY (parent_id) REFERENCES dev.parent(id)',
    'child_fk|FOREIGN KEY (parent_id) REFERENCES dev.parent(id)',
    'child_pk|PRIMARY KEY (id)',
    'child_uq|UNIQUE (id, parent_id)',
  ]);
  expect(await constraintsOf('parent')).toEqual([
    "parent__dbt_tmp_code_check|CHECK ((code <> ''::text))",
    'parent__dbt_tmp_code_key|UNIQUE (code)',
    'parent__dbt_tmp_pkey|PRIMARY KEY (id)',
  ]);
});

test('what does not agree is told in a table, of views too', async () => {
  await played.write(FILES);
  const results = await played.play({ command: 'run', select: ['mism', 'vmis', 'untyped'] });
  expect(results.get('mism')?.message).toContain(`This model has an enforced contract that failed.
Please ensure the name, data_type, and number of columns in your contract match the columns in your model's definition.

| column_name | definition_type | contract_type | mismatch_reason       |
| ----------- | --------------- | ------------- | --------------------- |
| amount      | TEXT            | DECIMAL       | data type mismatch    |
| extra       | INTEGER         |               | missing in contract   |
| id          | INTEGER         | TEXT          | data type mismatch    |
| missing_one |                 | INTEGER       | missing in definition |`);
  expect(results.get('vmis')?.message).toContain(
    '| id          | INTEGER         | TEXT          | data type mismatch |',
  );
  expect(results.get('untyped')?.message).toMatch(
    /require data_type to be defined for each column.*\['id'\]/s,
  );
});

test('an incremental model gets a new column with the type of its contract', async () => {
  await played.write(FILES);
  await played.build({ command: 'run', select: ['grows'], fullRefresh: true });
  await played.write({
    ...FILES,
    'models/properties.yml': PROPERTIES.trimEnd().concat('\n      - {name: d, data_type: "numeric(8,3)"}\n'),
    'models/grows.sql': "select 2 as id, 'y'::text as c, 1.5::numeric(8,3) as d",
  });
  await played.build({ command: 'run', select: ['grows'] });
  expect(await columnsOf('grows')).toEqual(['id|integer|t|∅', 'c|text|f|∅', 'd|numeric(8,3)|f|∅']);
  expect(await played.rows('select * from dev.grows order by id')).toEqual(['1|x|∅', '2|y|1.500']);
});

const model = (said: string, materialized = 'table'): string =>
  `models: [{name: m, config: {materialized: ${materialized}, contract: {enforced: true}}, ${said}}]\n`;
const COLUMNS = '{name: id, data_type: int}, {name: b, data_type: int}';
const keyed = (name: string): string => `{name: ${name}, data_type: int, constraints: [{type: primary_key}]}`;

test.each<[string, RegExp]>([
  [
    model(`constraints: [{type: nope}], columns: [${COLUMNS}]`),
    /m: a constraint's type is one of check, not_null/,
  ],
  [model(`columns: [${keyed('id')}, ${keyed('b')}]`), /m: primary keys of several columns \(id, b\)/],
  [
    model(`constraints: [{type: primary_key, columns: [b]}], columns: [${keyed('id')}]`),
    /m: a primary key is declared by the model or by a column, not by both/,
  ],
  [model('columns: []'), /m: an enforced contract needs columns/],
  [model(`columns: [${COLUMNS}]`, 'incremental'), /m: Invalid value for on_schema_change: ignore/],
  [
    model(
      `columns: [{name: id, data_type: int, constraints: [{type: foreign_key, to: dev.x, to_columns: [id]}]}]`,
    ),
    /m: a foreign key's `to` is ref\('…'\) or source\('…', '…'\), not dev\.x/,
  ],
  [
    model(
      `columns: [{name: id, data_type: int, constraints: [{type: foreign_key, to: "ref('nope')", to_columns: [id]}]}]`,
    ),
    /p\.yml:1 ref\('nope'\): there is no such model or seed/,
  ],
])('%s is a problem of the project', async (properties, problem) => {
  const other = await playedProject();
  try {
    await other.write({ 'models/m.sql': 'select 1 as id', 'models/p.yml': properties });
    await expect(other.play({ command: 'compile' })).rejects.toThrow(problem);
  } finally {
    await other.close();
  }
});
