import { expect, test } from 'vitest';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import { sourceProjection } from './source-projection.ts';

test.each([f.shapedJson({ a: f.text() }), f.hashedText()])('refuses what it could not hold to', (s) => {
  const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.int64(), s } });
  expect(() => sourceProjection(contract)).toThrow(expect.objectContaining({ code: 'CONTRACT_INVALID' }));
});

test('arrays travel as JSON text, all else as it is', () => {
  const fields = { id: f.int64(), data: f.json(), tags: f.array({ kind: 'text' }) };
  const [id, data, tags] = sourceProjection(defineContract({ version: 1, key: ['id'], fields }));
  expect([id, data]).toEqual(['"id"', '"data"']);
  expect(tags).toContain('to_json("tags"::text[])::text');
});
