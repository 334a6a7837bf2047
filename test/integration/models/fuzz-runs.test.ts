import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { type InvocationResult, NO_RUN_FLAGS } from '#shared/models/invoke/invocation.ts';
import { invoke } from '#shared/models/invoke/invoke.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { openProject } from '#shared/models/open-project.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { TemplateError } from '#shared/template/failures/template-error.ts';
import { openPool } from '#shared/warehouse/postgres/pool.ts';
import { mutateProject, type ProjectFiles } from '#test/support/mutate-project.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';
import { seededRandom } from '#test/support/seeded-random.ts';
import { withClient } from '#test/support/with-client.ts';

/*
 * Projects changed at random and built over what an unchanged one left: whatever a run answers, no relation of a node that did
 * not succeed may be another than before, and nothing that builds pass through may stay behind.
 */

const MUTATIONS = 60;
const LONGEST_MS = 20_000;

/** What stands, by relation: kind, columns and rows in one digest. */
type Standing = ReadonlyMap<string, string>;

describe.each(['bookshop', 'depot', 'chronicle'])('%s', (name) => {
  const fixture = fileURLToPath(new URL(`../../fixtures/projects/${name}`, import.meta.url));
  let database: TestDatabase;
  let dir: string;

  beforeAll(async () => {
    database = await testDatabase();
    dir = await mkdtemp(join(tmpdir(), 'penstock-fuzz-'));
    await cp(join(fixture, 'project'), dir, { recursive: true });
    await cp(join(dir, 'local_packages'), join(dir, 'dbt_packages'), { recursive: true }).catch(() => {});
    const world = await readFile(join(fixture, 'world/1.sql'), 'utf8');
    await withClient(database.url, (client) => client.query(world));
  });
  afterAll(async () => {
    await rm(dir, { recursive: true, force: true });
    await database.drop();
  });

  test('a run of a broken project leaves what it did not build as it was', { timeout: 300_000 }, async () => {
    const files = await filesOf(dir);
    const random = seededRandom(20_261_121);
    const seen = new Map<string, number>();
    expect((await build(dir, database.url)).result?.results.length).toBeGreaterThan(5);
    for (let i = 0; i < MUTATIONS; i += 1) {
      const { path, text, what } = mutateProject(files, random);
      await writeFile(join(dir, path), text);
      const before = await standing(database.url);
      const started = performance.now();
      const answer = await build(dir, database.url).catch((error: unknown) => {
        throw new Error(`mutation ${i} (${what}) was not answered`, { cause: error });
      });
      expect(performance.now() - started, `mutation ${i} (${what})`).toBeLessThan(LONGEST_MS);
      const after = await standing(database.url);
      expect(halfChanged(answer, before, after), `mutation ${i} (${what})`).toEqual([]);
      seen.set(answer.outcome, (seen.get(answer.outcome) ?? 0) + 1);
      await writeFile(join(dir, path), files.get(path) ?? '');
    }
    // A mutator that breaks everything, or nothing, would show little.
    expect(seen.get('succeeded') ?? 0).toBeGreaterThan(MUTATIONS / 20);
    expect(seen.get('failed') ?? 0).toBeGreaterThan(MUTATIONS / 20);
  });
});

interface Answer {
  /** `succeeded`, `failed` (a node), or the code of the error that refused the whole. */
  readonly outcome: string;
  readonly project?: LoadedProject;
  readonly result?: InvocationResult;
}

async function build(dir: string, url: string): Promise<Answer> {
  const pool = openPool({ url, poolSize: 3, applicationName: 'fuzz' });
  const adapter = openPostgresAdapter({ pool });
  const database = new URL(url).pathname.slice(1);
  const target = { name: 'dev', schema: 'dev', database, type: 'postgres', threads: 2 };
  const now = new Date().toISOString();
  try {
    const project = await openProject(dir, { target, env: {}, vars: {} });
    const result = await invoke({
      project,
      adapter,
      command: 'build',
      selection: { select: [], exclude: [] },
      threads: 2,
      flags: NO_RUN_FLAGS,
      run: { asOf: now.slice(0, 10), runId: 'fuzz', runStartedAt: now, invocationId: 'fuzz' },
      onEvent: () => {},
    });
    return { outcome: result.succeeded ? 'succeeded' : 'failed', project, result };
  } catch (error) {
    if (error instanceof PenstockError || error instanceof TemplateError) return { outcome: error.code };
    throw error;
  } finally {
    await adapter.close();
    await pool.end();
  }
}

/** Relations of nodes that did not succeed and are others now; relations that only exist while something is built. */
function halfChanged({ project, result }: Answer, before: Standing, after: Standing): string[] {
  const passing = [...after.keys()].filter((name) => /__dbt_(tmp|backup)/.test(name));
  if (project === undefined || result === undefined)
    return [...passing, ...[...before].flatMap(([name, digest]) => changeOf(name, digest, after))];
  const ended = new Map(result.results.map(({ uniqueId, status }) => [uniqueId, status]));
  const done = new Set<string>();
  const undone = new Set<string>();
  for (const { uniqueId, relation } of project.graph.models.values()) {
    const succeeded = ['success', 'partial success', undefined].includes(ended.get(uniqueId));
    (succeeded ? done : undone).add(`${relation.schema}.${relation.name}`);
  }
  const changed = [...before]
    .filter(([name]) => undone.has(name) && !done.has(name))
    .flatMap(([name, digest]) => changeOf(name, digest, after));
  return [...passing, ...changed];
}

/** A view that reads a table goes with it when the table is replaced, as in the original; what follows builds it again. */
function changeOf(name: string, digest: string, after: Standing): string[] {
  const now = after.get(name);
  if (now === digest || (digest.startsWith('v') && !(now ?? 'v').startsWith('r'))) return [];
  return [`${name}: was ${digest}, is ${now ?? 'gone'}`];
}

async function standing(url: string): Promise<Standing> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; kind: string; sql: string }>(
      `select n.nspname || '.' || c.relname as name, c.relkind::text as kind,
         format('select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '''')) as digest from %I.%I t',
           n.nspname, c.relname) as sql
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'v', 'm') and n.nspname !~ '^(pg_|information_schema)' order by 1`,
    );
    const entries: [string, string][] = [];
    for (const { name, kind, sql } of rows) entries.push([name, `${kind} ${await digestOf(client, sql)}`]);
    return new Map(entries);
  });
}

/** A view may read what is no longer as it was: then that is what it says. */
async function digestOf(client: pg.Client, sql: string): Promise<string> {
  try {
    return (await client.query<{ digest: string }>(sql)).rows[0]?.digest ?? '';
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error.code ?? 'fails';
    throw error;
  }
}

async function filesOf(dir: string): Promise<ProjectFiles> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('dbt_packages'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const read = paths.map(async (path) => [path.slice(dir.length + 1), await readFile(path, 'utf8')] as const);
  return new Map(await Promise.all(read));
}
