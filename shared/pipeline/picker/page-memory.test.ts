import { expect, test } from 'vitest';
import { defineContract } from '../define-contract.ts';
import * as f from '../field.ts';
import { compileProjection } from '../project-row.ts';
import { recordDroppedKeys } from '../projection/dropped-keys.ts';
import { PickedRow, pickedFields } from './picked-row.ts';

const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.text(), v: f.int32() } });
const { picker } = compileProjection(
  { contract, map: {}, drop: [], entity: 'id', eventTime: null, rows: 'items[]', hashKey: null },
  recordDroppedKeys(),
);

function rowsOf(name: string, count: number): PickedRow[] {
  const items = Array.from({ length: count }, (_, i) => ({ id: `${name}${i}`, v: i, other: 1 }));
  const rows = picker?.pick(Buffer.from(JSON.stringify({ items })))?.rows ?? [];
  return rows.filter((row) => row instanceof PickedRow);
}

const textsOf = (rows: readonly PickedRow[]): unknown[] => rows.map((row) => [...pickedFields(row).values()]);

test('the memory of rows is used again when all of them are done with, and no sooner', () => {
  const one = rowsOf('a', 50);
  const memory = one[0]?.text.bytes;
  const texts = textsOf(one);
  expect(texts[49]).toEqual(['a49', '49']);
  for (const row of one.slice(1)) row.done();
  const other = rowsOf('b', 50);
  expect(other[0]?.text.bytes).not.toBe(memory);
  expect(textsOf(one)).toEqual(texts);
  one[0]?.done();
  const third = rowsOf('c', 50);
  expect(third[0]?.text.bytes).toBe(memory);
  expect(textsOf(other)[49]).toEqual(['b49', '49']);
  expect(textsOf(third)[49]).toEqual(['c49', '49']);
});
