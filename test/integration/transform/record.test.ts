import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { recordInvocationNodes } from '#shared/ledger/invocation-nodes.ts';
import { purgeOperations } from '#shared/ledger/retention.ts';
import { type LedgerFixture, ledgerFixture } from '../ledger/ledger-fixture.ts';
import { type SmallProject, smallProject } from './small-project.ts';

let fixture: LedgerFixture;
let project: SmallProject;
beforeAll(async () => {
  fixture = await ledgerFixture();
});
afterEach(() => project?.remove());
afterAll(() => fixture.close());

const FILES = {
  'models/a.sql': "{{ config(materialized='table') }} select g as id from generate_series(1, 3) as g",
  'models/broken.sql': "{{ config(materialized='table') }} select 1 / 0 as id",
  'models/below.sql': "select * from {{ ref('broken') }}",
};

test('nodes of an invocation are in the ledger, in one shape with the models of pipelines', async () => {
  project = await smallProject(fixture.url, FILES, { PENSTOCK_LEDGER_URL: fixture.url });
  const { code, output } = await outcomeOf('run');
  expect([code, output]).toEqual([1, expect.not.stringContaining('not in the ledger')]);
  const recorded = await fixture.ledger.rows(
    `select node, kind, status, rows_affected as rows, started_at is not null as began, ms >= 0 as timed from ops.node_runs order by node`,
  );
  expect(recorded).toEqual([
    { node: 'model.shop.a', kind: 'model', status: 'success', rows: '3', began: true, timed: true },
    { node: 'model.shop.below', kind: 'model', status: 'skipped', rows: null, began: false, timed: true },
    { node: 'model.shop.broken', kind: 'model', status: 'error', rows: null, began: true, timed: true },
  ]);
  const [invocation] = await fixture.ledger.rows(
    'select distinct command, project, count(distinct invocation_id)::int as n from ops.invocation_nodes group by 1, 2',
  );
  expect(invocation).toEqual({ command: 'run', project: 'shop', n: 1 });
});

test('a ledger that cannot be reached is told and changes no exit code', async () => {
  const files = { 'models/a.sql': 'select 1 as id' };
  project = await smallProject(fixture.url, files, {
    PENSTOCK_LEDGER_URL: 'postgres://nobody@127.0.0.1:1/none',
  });
  const { code, output } = await outcomeOf('run');
  expect([code, output]).toEqual([0, expect.stringContaining('the invocation is not in the ledger')]);
});

test('recording twice changes nothing, and old records go', async () => {
  const invocation = { invocationId: randomUUID(), command: 'run', project: 'p', target: 't' };
  const facts = { kind: 'model', rowsAffected: 1, startedAt: null, ms: 1.5, message: null };
  await recordInvocationNodes(fixture.ledger, invocation, [
    { ...facts, node: 'model.p.m', status: 'success' },
  ]);
  await recordInvocationNodes(fixture.ledger, invocation, [{ ...facts, node: 'model.p.m', status: 'error' }]);
  const statuses = () => fixture.ledger.rows("select status from ops.node_runs where project = 'p'");
  expect(await statuses()).toEqual([{ status: 'success' }]);
  await purgeOperations(fixture.ledger, '2999-01-01T00:00:00Z');
  expect(await statuses()).toEqual([]);
});

async function outcomeOf(verb: string): Promise<{ code: number | null; output: string }> {
  const result = await project.transform(verb);
  return { code: result.code, output: result.stdout + result.stderr };
}
