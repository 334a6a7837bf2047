import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliResult, cli } from '#test/integration/cli/spawn-cli.ts';
import { type TestDatabase, testDatabase } from '../postgres.ts';
import type { TextRecord } from '../text-table.ts';
import { relationDifferences, rowDifferences, type StepTime } from './compare-relations.ts';
import { expectedTables } from './expected-tables.ts';

/** One command on a project, and what must stand afterwards. */
export interface ProjectStep {
  /** Arguments of `penstock transform`. */
  readonly command: readonly string[];
  /** SQL under `world/`, run before: what other systems write. */
  readonly world?: string;
  /** Folder under `world/` whose files replace the project's, e.g. seeds. */
  readonly files?: string;
  /** What the engine cannot do yet: the step must fail, so that nobody forgets to take this away. */
  readonly awaits?: string;
  /** File under `expected/`. */
  readonly expected: string;
  readonly exitCode: 0 | 1;
}

/** A copy of a project under `test/fixtures/projects`, a database of its own, and the times of the steps so far. */
class Stage {
  readonly #fixture: string;
  readonly #times: StepTime[] = [];
  #dir = '';
  #database: TestDatabase | undefined;

  constructor(name: string) {
    this.#fixture = fileURLToPath(new URL(`../../fixtures/projects/${name}/`, import.meta.url));
  }

  async open(): Promise<void> {
    this.#dir = await mkdtemp(join(tmpdir(), 'penstock-project-'));
    await cp(join(this.#fixture, 'project'), this.#dir, { recursive: true });
    // As `deps` leaves local packages; that command has tests of its own.
    const local = join(this.#dir, 'local_packages');
    if (existsSync(local)) await cp(local, join(this.#dir, 'dbt_packages'), { recursive: true });
    this.#database = await testDatabase();
  }

  async close(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
    await this.#database?.drop();
  }

  async run(command: readonly string[]): Promise<CliResult> {
    const where = ['--project-dir', this.#dir, '--warehouse-schema', 'dev', '--threads', '2'];
    const environment = { PENSTOCK_WAREHOUSE_URL: this.#database?.url ?? '' };
    return cli(['transform', ...command, ...where, '--json'], environment);
  }

  async play(step: ProjectStep): Promise<CliResult> {
    if (step.files !== undefined)
      await cp(join(this.#fixture, 'world', step.files), this.#dir, { recursive: true });
    return this.withClient(async (client) => {
      if (step.world !== undefined)
        await client.query(await readFile(join(this.#fixture, 'world', step.world), 'utf8'));
      const from = await clock(client);
      const result = await this.run(step.command);
      this.#times.push({ from, to: await clock(client) });
      return result;
    });
  }

  async differences(step: ProjectStep, result: CliResult): Promise<string[]> {
    const tables = expectedTables(join(this.#fixture, 'expected', step.expected));
    const marks = { steps: this.#times };
    const results = tables
      .filter(({ kind }) => kind === 'results')
      .flatMap((table) => rowDifferences(table, resultRows(result), marks));
    const relations = await this.withClient((client) => relationDifferences(client, tables, marks));
    return [...results, ...relations];
  }

  async withClient<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.#database?.url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

/** One test a step, each on what the step before left: exit code, results of nodes, every relation row by row. */
export function playProject(name: string, steps: readonly ProjectStep[]): void {
  describe(name, () => {
    const stage = new Stage(name);
    beforeAll(() => stage.open());
    afterAll(() => stage.close());

    for (const step of steps) {
      // A step stands on the one before: none can be tried again.
      const options = { retry: 0, fails: step.awaits !== undefined };
      const title = `${step.command.join(' ')}, as ${step.expected} says${step.awaits === undefined ? '' : ` (awaits ${step.awaits})`}`;
      test(title, options, async () => {
        const result = await stage.play(step);
        const problems = result.code === step.exitCode ? [] : [`exit code ${result.code}`, result.stderr];
        expect([...problems, ...(await stage.differences(step, result))].join('\n')).toBe('');
      });
    }
  });
}

async function clock(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ now: string }>('select clock_timestamp()::timestamp::text as now');
  return rows[0]?.now ?? '';
}

interface Answer {
  readonly uniqueId: string;
  readonly status: string;
  readonly failures: number | null;
}

/** Results as expected files write them: no hash behind a test's id, failures of tests only, no hooks. */
function resultRows({ stdout, stderr }: CliResult): TextRecord[] {
  const report = stdout.startsWith('{')
    ? (JSON.parse(stdout) as { readonly results?: readonly Answer[] })
    : {};
  if (report.results === undefined) throw new Error(`no results: ${stdout}${stderr}`);
  return report.results
    .filter(({ uniqueId }) => !uniqueId.startsWith('operation.'))
    .map(({ uniqueId, status, failures }) => ({
      node: uniqueId.startsWith('test.') ? uniqueId.replace(/\.[0-9a-f]{10}$/, '') : uniqueId,
      status,
      failures: failures === null || !/^(unit_)?test\./.test(uniqueId) ? null : String(failures),
    }));
}
