import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Adapter } from '#shared/models/adapter/adapter.ts';
import { type InvokeOptions, NO_RUN_FLAGS, type RunFlags } from '#shared/models/invoke/invocation.ts';
import { invoke } from '#shared/models/invoke/invoke.ts';
import type { NodeResult } from '#shared/models/invoke/node-result.ts';
import type { ModelWarehouse, PublishLimits } from '#shared/models/model-warehouse.ts';
import { openProject } from '#shared/models/open-project.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import { type TestDatabase, testDatabase } from '#test/support/postgres.ts';

/** How one run of the project differs from a plain one. */
export interface Play extends Partial<RunFlags> {
  readonly command?: InvokeOptions['command'];
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly select?: readonly string[];
  /** ISO instant of the run, default now. */
  readonly now?: string;
  readonly signal?: AbortSignal;
  /** Write, audit, publish; with how patient the publication is. */
  readonly audit?: boolean | Partial<PublishLimits>;
}

/** A project in a folder of its own, played in this process against a database of its own, schema `dev`. */
export interface PlayedProject {
  readonly database: TestDatabase;
  /** Adds or replaces files. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Runs it; results by name. */
  play(play?: Play): Promise<Map<string, NodeResult>>;
  /** As `play`, and fails when a node did. */
  build(play?: Play): Promise<Map<string, NodeResult>>;
  /** Rows of a query, each as its values joined by `|`, NULL as `∅`. */
  rows(sql: string): Promise<string[]>;
  /** What templates said since the last call. */
  said(): string[];
  /** Statements sent since the last call, each in one line. */
  sent(): string[];
  close(): Promise<void>;
}

const SETTINGS = "name: played\nversion: '1.0'\nprofile: played\n";

export async function playedProject(): Promise<PlayedProject> {
  const database = await testDatabase();
  const dir = await mkdtemp(join(tmpdir(), 'penstock-played-'));
  const pool = new pg.Pool({ connectionString: database.url, max: 3, application_name: 'played' });
  const sent: string[] = [];
  pool.on('connect', (client) => countStatements(client, sent));
  const adapter = openPostgresAdapter({ pool });
  const messages: string[] = [];
  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    }
  };
  const publisher = openPostgresModelWarehouse({ pool });
  const play = (one: Play = {}) => playOnce(dir, database.name, adapter, one, { messages, publisher });
  return {
    database,
    write: (files) => write({ 'dbt_project.yml': SETTINGS, ...files }),
    play,
    build: async (one) => {
      const results = await play(one);
      const bad = [...results.values()].filter(({ status }) => !['success', 'pass'].includes(status));
      if (bad.length > 0)
        throw new Error(bad.map(({ label, status, message }) => `${label} ${status}: ${message}`).join('\n'));
      return results;
    },
    rows: async (sql) => {
      const answer: unknown = await pool.query<unknown[]>({ text: sql, rowMode: 'array', types: asText });
      const { rows } = (Array.isArray(answer) ? answer.at(-1) : answer) as pg.QueryArrayResult;
      return rows.map((row) => row.map((value) => value ?? '∅').join('|'));
    },
    said: () => messages.splice(0),
    sent: () => sent.splice(0),
    close: async () => {
      await pool.end();
      await database.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const asText = { getTypeParser: () => (value: string) => value };

async function playOnce(
  dir: string,
  database: string,
  adapter: Adapter,
  { command = 'run', vars = {}, select = [], now = new Date().toISOString(), signal, audit, ...flags }: Play,
  { messages, publisher }: { readonly messages: string[]; readonly publisher: ModelWarehouse },
): Promise<Map<string, NodeResult>> {
  const target = { name: 'dev', schema: 'dev', database, type: 'postgres', threads: 1 };
  const project = await openProject(dir, { target, vars, env: {} });
  const { results } = await invoke({
    ...{ project, adapter, command, threads: 1 },
    selection: { select, exclude: [] },
    flags: { ...NO_RUN_FLAGS, ...flags },
    run: { asOf: now.slice(0, 10), runId: 'r', runStartedAt: now, invocationId: randomUUID() },
    onEvent: (event) => {
      if (event.type === 'message') messages.push(event.text);
    },
    ...(signal === undefined ? {} : { signal }),
    ...(audit ? { audit: { publisher, limits: audit === true ? {} : audit } } : {}),
  });
  return new Map(results.map((result) => [result.uniqueId.split('.').at(-1) ?? '', result]));
}

/** Notes the text of everything a client sends. */
function countStatements(client: pg.PoolClient, sent: string[]): void {
  const original = client.query.bind(client) as (...args: unknown[]) => unknown;
  const noting = (...args: unknown[]): unknown => {
    const [first] = args;
    const text = typeof first === 'string' ? first : (first as { text?: string } | undefined)?.text;
    sent.push((text ?? 'copy').replace(/\s+/g, ' ').trim());
    return original(...args);
  };
  Object.assign(client, { query: noting });
}
