import { afterAll, beforeAll, expect, it } from 'vitest';
import { runSourceTests } from '#shared/models/tests/run-source-tests.ts';
import { type LandedOrder, openShop, type Shop } from './shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

async function gate(name: string, orders: readonly LandedOrder[]) {
  const relation = await shop.land(name, orders);
  const run = { asOf: '2024-03-10', runId: name, runStartedAt: '', invocationId: name };
  const { project, warehouse } = shop;
  const outcome = await runSourceTests({
    project,
    warehouse,
    source: 'landing',
    table: 'orders',
    relation,
    run,
  });
  return {
    passed: outcome.passed,
    results: outcome.results.map(({ test, status, failures }) => [test, status, failures]),
  };
}

it('opens the gate for rows that pass, and for failures that only warn', async () => {
  expect(
    await gate('good', [
      { id: 1, version: '01' },
      { id: 2, version: '01', amount: '-1.00' },
    ]),
  ).toEqual({
    passed: true,
    results: [
      ['not_null', 'pass', 0],
      ['accepted_values', 'pass', 0],
      ['not_negative', 'warn', 1],
    ],
  });
});

it('closes it for a blocking failure in this run’s own table, and tells counts only', async () => {
  const outcome = await gate('bad', [{ id: 1, version: '01', status: 'secret-status' }]);
  expect(outcome.passed).toBe(false);
  expect(outcome.results).toContainEqual(['accepted_values', 'fail', 1]);
  expect(JSON.stringify(outcome)).not.toContain('secret-status');
});

it('refuses a source that the project does not have', async () => {
  const { project, warehouse } = shop;
  const run = { asOf: '2024-03-10', runId: 'x', runStartedAt: '', invocationId: 'x' };
  const relation = { schema: 'shop_temp', name: 'x' };
  const asked = runSourceTests({ project, warehouse, source: 'landing', table: 'nothing', relation, run });
  await expect(asked).rejects.toMatchObject({ code: 'MODEL_SOURCE_UNKNOWN' });
});
