import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { holdToContracts, type Streams } from '#shared/models/columns/hold-to-contracts.ts';
import { openPipelineProject } from '#shared/models/open-pipeline-project.ts';
import { pipelineTarget } from '#shared/models/pipeline-target.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import { type Field, isShape, type JsonShape } from '#shared/pipeline/field.ts';
import credit from '../../../pipelines/credit/pipeline.ts';
import { KEPT_MONTHS } from '../../../pipelines/fleet/contracts/names.ts';
import fleet from '../../../pipelines/fleet/pipeline.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-outside-'));
});
afterEach(() => rm(dir, { recursive: true }));

const targetOf = (name: string) => ({ target: pipelineTarget(name, { database: 'd', threads: 1 }) });

/** Opens a pipeline's project with one file changed. @returns what is wrong with it. */
async function changed(
  { name, projectDir, streams }: PipelineDeclaration,
  file: string,
  change: (sql: string) => string,
): Promise<string> {
  await cp(projectDir, dir, { recursive: true });
  const sql = await readFile(join(dir, file), 'utf8');
  await writeFile(join(dir, file), change(sql));
  return openPipelineProject(dir, targetOf(name), streams).then(
    () => 'opened',
    (error: Error) => error.message,
  );
}

const BRONZE = [credit, fleet].flatMap((pipeline) =>
  Object.keys(pipeline.streams).map((stream) => [pipeline, stream] as const),
);

describe('a model that selects what its contract does not have is refused before anything runs', () => {
  test.each(BRONZE.map(([pipeline, stream]) => [pipeline.name, stream, pipeline] as const))(
    '%s: bronze %s',
    async (_, stream, pipeline) => {
      const message = await changed(pipeline, `models/bronze/${stream}.sql`, (sql) =>
        sql.replace('  _cursor,\n', '  owner_name,\n  _cursor,\n'),
      );
      expect(message).toMatch(/^The project cannot be used \(problems=1, /);
      expect(message).toMatch(
        new RegExp(
          `models/bronze/${stream}\\.sql:\\d+ reads owner_name, which is not in the contract of stream ${stream}: it has `,
        ),
      );
    },
  );

  test.each([
    [fleet, 'models/silver/stg_battery_registry.sql', '  battery_type,', '  owner_name,', 'owner_name'],
    [fleet, 'models/silver/stg_daily_aggregates.sql', "->> 'samples'", "->> 'owner'", 'metrics.owner'],
    [fleet, 'models/gold/battery_health.sql', 'select\n', 'select\n  owner_name,\n', 'owner_name'],
    [fleet, 'macros/snapshots.sql', "['site_id'], 'text'", "['owner'], 'text'", 'state.owner'],
    [
      fleet,
      'macros/snapshots.sql',
      "('frost_protection',",
      "('child_name',",
      'state.configuration.child_name',
    ],
    [credit, 'models/silver/installments_clean.sql', '    paid_date,', '    paid_by,', 'paid_by'],
    [credit, 'models/gold/company_payment_summary.sql', 'select\n', 'select\n  owner_name,\n', 'owner_name'],
    [credit, 'tests/summary_adds_up.sql', 'select', 'select owner_name,', 'owner_name'],
  ])('%j', async (pipeline, file, from, to, named) => {
    const message = await changed(pipeline as PipelineDeclaration, file, (sql) => {
      expect(sql).toContain(from);
      return sql.replace(from, to);
    });
    expect(message).toMatch(/^The project cannot be used/);
    expect(message).toContain(`reads ${named}, `);
  });
});

/** The fields without one leaf, and the path to it. */
function withoutEach(keys: JsonShape['keys']): { path: string; keys: JsonShape['keys'] }[] {
  return Object.entries(keys).flatMap(([name, part]) => {
    const { [name]: _, ...others } = keys;
    return [
      { path: name, keys: others },
      ...withoutBelow(part).map(({ path, part: less }) => ({
        path: `${name}.${path}`,
        keys: { ...keys, [name]: less },
      })),
    ];
  });
}

function withoutBelow(part: Field | JsonShape): { path: string; part: Field | JsonShape }[] {
  if (isShape(part)) return withoutEach(part.keys).map(({ path, keys }) => ({ path, part: { keys } }));
  const { shape } = part;
  if (shape === undefined) return [];
  return withoutEach(shape.keys).map(({ path, keys }) => ({ path, part: { ...part, shape: { keys } } }));
}

test.each([credit, fleet])(
  'whatever is taken out of a contract of $name, its models no longer open',
  async (pipeline) => {
    const project = await openPipelineProject(pipeline.projectDir, targetOf(pipeline.name), pipeline.streams);
    const unnoticed: string[] = [];
    let taken = 0;
    for (const [stream, { contract }] of Object.entries(pipeline.streams as Streams)) {
      for (const { path, keys } of withoutEach(contract.fields)) {
        const fields = keys as typeof contract.fields;
        const streams = { ...pipeline.streams, [stream]: { contract: { ...contract, fields } } };
        const { problems } = await holdToContracts(project, streams);
        taken += 1;
        const named = path.split('.').at(-1);
        if (
          !problems.some(
            ({ cause }) => cause.includes(` reads ${named}`) || cause.startsWith(`reads ${path}`),
          )
        )
          unnoticed.push(`${stream}.${path}`);
      }
    }
    expect(unnoticed).toEqual([]);
    expect(taken).toBeGreaterThan(20);
  },
);

test('what a contract of the fleet keeps is what the partitions of its tables keep', async () => {
  const { graph } = await openPipelineProject(fleet.projectDir, targetOf('fleet'), fleet.streams);
  const kept = ['device_states', 'daily_aggregates', 'stg_last_updates_per_day', 'stg_daily_aggregates'];
  for (const model of [...kept, 'last_updates_per_day'])
    expect([model, graph.models.get(model)?.config.partitions?.retention]).toEqual([
      model,
      { count: KEPT_MONTHS, unit: 'month' },
    ]);
});
