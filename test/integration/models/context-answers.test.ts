import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdapterConnection } from '#shared/models/adapter/adapter.ts';
import { openOperation, publishedResolution, scopeOfNode } from '#shared/models/compile/compile-model.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { openProject } from '#shared/models/open-project.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { testDatabase } from '#test/support/postgres.ts';

/**
 * Expressions with what the original (1.10, PostgreSQL) printed for them in a model of the project beside them; its database is
 * called DATABASE there, and its model m.
 */
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/context/${name}`, import.meta.url));
const answers = JSON.parse(readFileSync(fixture('answers.json'), 'utf8')) as [string, string][];

/** Where this differs on purpose, and why. */
const DIFFERENT = new Map([
  [`adapter.quote('a"b')`, 'a quote within a name is doubled: the original would let it end the name'],
  [`run_query("select 1 as a, 'x' as b").rows[0].dict()`, 'a plain dictionary keeps order too'],
  [`run_query("select timestamptz '2024-02-29 10:00:00+00' as a").rows[0]`, 'there is one UTC'],
  ['modules.itertools.count is defined', 'it has no end'],
  ['builtins.keys() | sort', 'names that only the original itself uses are not there'],
  ['env is defined', 'the same'],
  ['column is defined', 'the same'],
  ['adapter.get_partitions_metadata is defined', 'not a function of this warehouse'],
  ['adapter.build_catalog_relation is defined', 'the same'],
  ['adapter.config is defined', 'holds secrets'],
]);

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: pg.Pool;
let connection: AdapterConnection;
let project: LoadedProject;
let name: string;

beforeAll(async () => {
  database = await testDatabase();
  name = new URL(database.url).pathname.slice(1);
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
  connection = await openPostgresAdapter({ pool }).connect('answers');
  await connection.execute(
    `create schema dev; create table dev.base as select 1 as id, 'x'::varchar(5) as word, 1.50::numeric(10,2) as price`,
  );
  const target = { name: 'dev', schema: 'dev', database: name, type: 'postgres', threads: 1 };
  const shown = { dbname: name, user: 'somebody' };
  project = await openProject(fixture('project'), { target: { ...target, shown }, env: {} });
});

afterAll(async () => {
  await connection.release();
  await pool.end();
  await database.drop();
});

async function answerTo(expression: string): Promise<string> {
  const model = project.graph.models.get('m');
  if (model === undefined) throw new Error('the fixture has no model m');
  const run = { asOf: '2024-01-01', runId: 'r', runStartedAt: new Date().toISOString(), invocationId: 'i' };
  const said: string[] = [];
  const operation = openOperation(project, scopeOfNode(project.graph, model, model.relation), {
    ...publishedResolution,
    ...{ run, connection, onLog: (message: string) => said.push(message) },
  });
  await operation.render(`{% do print('@@' ~ (${expression})) %}`);
  const printed = said.find((message) => message.startsWith('@@'))?.slice(2) ?? 'nothing was printed';
  return printed
    .replaceAll('\n', '\\n')
    .replaceAll(name, 'DATABASE')
    .replaceAll(name.toUpperCase(), 'DATABASE');
}

test.each(answers)('%s', async (expression, answer) => {
  const ours = await answerTo(expression);
  if (DIFFERENT.has(expression)) expect(ours).not.toBe(answer);
  else expect(ours).toBe(answer);
});
