import { expect, test } from 'vitest';
import { atOnce } from '#shared/models/compile/at-once.ts';
import { compileModel, publishedResolution } from '#shared/models/compile/compile-model.ts';
import { openProject } from '#shared/models/open-project.ts';

const PROJECT = new URL('../../../pipelines/credit', import.meta.url).pathname;
const RUN = { asOf: '2026-03-31', runId: 'r', runStartedAt: '2026-03-31T00:00:00Z', invocationId: 'i' };

async function compiled(type: string): Promise<string> {
  const target = { name: 'test', schema: 'credit', database: 'test', type, threads: 1 };
  const project = await openProject(PROJECT, { target });
  const models = [...project.graph.models.values()].filter(({ layer }) => layer !== 'bronze');
  expect(models.length).toBe(4);
  return models
    .map(({ name }) => atOnce(compileModel(project, name, { run: RUN, ...publishedResolution })).sql)
    .join('\n')
    .replaceAll(/--.*$/gm, '');
}

/** Forms that only PostgreSQL takes; each must go through a dispatched macro. */
const POSTGRES_ONLY = [
  /::/,
  / ~ /,
  /'g'\)/,
  / at time zone /,
  /as varchar/,
  /\\u03/,
  /_date [-] /,
  / filter \(/,
];

test('what only PostgreSQL understands is left to macros that know the warehouse', async () => {
  const bigquery = await compiled('bigquery');
  expect(POSTGRES_ONLY.filter((form) => form.test(bigquery))).toEqual([]);
  expect(bigquery).toContain("regexp_contains(cnpj_standard, r'^[0-9A-Z]{12}[0-9]{2}$')");
  expect(bigquery).toContain("date(created_at, 'America/Sao_Paulo')");
  expect(bigquery).toContain('date_diff(i.paid_date, i.due_date, day)');

  // The patterns are worth something: they find these forms where the warehouse is PostgreSQL.
  const postgres = await compiled('postgres');
  expect(POSTGRES_ONLY.filter((form) => form.test(postgres)).length).toBeGreaterThan(3);
});
