import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { showQuery } from '#shared/models/invoke/show-query.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { PARSE_RUN } from '#shared/models/load/parse-scope.ts';
import { openProject } from '#shared/models/open-project.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { testDatabase } from '#test/support/postgres.ts';

/** Expressions of cross-database macros with the text and type PostgreSQL gave for the original's SQL. */
const answers = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../fixtures/cross-db/answers.json', import.meta.url)), 'utf8'),
) as [string, string, string][];

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: pg.Pool;
let folder: string;
let project: LoadedProject;

beforeAll(async () => {
  database = await testDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
  folder = await mkdtemp(join(tmpdir(), 'penstock-cross-db-'));
  await writeFile(join(folder, 'dbt_project.yml'), 'name: shop\n');
  const target = { name: 'dev', schema: 'base', database: 'db', type: 'postgres', threads: 1 };
  project = await openProject(folder, { target, env: {} });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

test.each(answers)('%s', async (expression, text, type) => {
  const inline = `select coalesce(({{ ${expression} }})::text, 'NULL'), pg_typeof({{ ${expression} }})::text`;
  const adapter = openPostgresAdapter({ pool });
  const { result } = await showQuery({
    ...{ project, adapter, run: PARSE_RUN, query: { inline }, limit: undefined },
    onEvent: () => {},
  });
  expect(result.rows).toEqual([[text, type]]);
});
