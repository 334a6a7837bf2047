import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fleet, mergeNothing, startFleet, state, troubles } from './fleet-fixture.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.stop());

test('the pipeline’s own unit tests of the signals run before the first build, and pass', async () => {
  await fleet.merge('device_states', [state({ at: '2026-03-30T12:00:00Z' })]);
  await mergeNothing(fleet, 'device_states');
  const built = await fleet.build('2026-03-31');
  expect(troubles(built)).toEqual([]);
  const silver = built.models.find(({ name }) => name === 'stg_last_updates_per_day');
  const ran = silver?.tests.filter(({ test: kind }) => kind === 'unit_test').map(({ name }) => name);
  expect(ran).toEqual(fleet.project.graph.unitTests.map(({ name }) => name));
  expect(ran?.length).toBe(7);
});
