import { expect, test } from 'vitest';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { postgresErrors } from '#shared/errors/postgres-error.ts';
import type { ModelNode } from '../project/project.ts';
import { type Building, buildModel } from './build-model.ts';

/** What is told of a model whose build throws. */
async function toldOf(error: unknown): Promise<string> {
  const told: unknown[] = [];
  const note = (...all: unknown[]): void => void told.push(all);
  const inPlace = {
    has: () => {
      throw error;
    },
  };
  const building = { progress: { set: note }, inPlace, request: { onEvent: note } };
  await buildModel(building as unknown as Building, { name: 'orders' } as ModelNode);
  return JSON.stringify(told);
}

test('a failed model gives its own reasons in full, and of a foreign error only what it is', async () => {
  expect(await toldOf(new TypeError(`Cannot read 'PII-0123'`))).toMatch(
    /"reason":"TypeError".*"reason":"TypeError"/,
  );
  expect(await toldOf(new PenstockError(postgresErrors.data, { column: 'amount' }))).toContain(
    'column=amount',
  );
});
