import { expect, test } from 'vitest';
import { defineContract } from '../define-contract.ts';
import * as f from '../field.ts';
import { compileProjection } from '../project-row.ts';
import { recordDroppedKeys } from '../projection/dropped-keys.ts';
import { PickedRows, pickedFields } from './picked-rows.ts';

const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.text(), v: f.int32() } });
const { picker } = compileProjection(
  { contract, map: {}, drop: [], entity: 'id', eventTime: null, rows: 'items[]', hashKey: null },
  recordDroppedKeys(),
);

/** Two runs of rows, with one between them that is to be parsed. */
function rowsOf(name: string): PickedRows[] {
  const items = Array.from({ length: 51 }, (_, i) => ({
    id: `${name}${i}`,
    v: i === 40 ? 'x' : i,
    other: 1,
  }));
  const rows = picker?.pick(Buffer.from(JSON.stringify({ items })))?.rows ?? [];
  return rows.filter((row) => row instanceof PickedRows);
}

const textsOf = (runs: readonly PickedRows[]): unknown[] =>
  runs.flatMap((rows) =>
    Array.from({ length: rows.count }, (_, nth) => [...pickedFields(rows, rows.at(nth)).values()]),
  );

test('the memory of rows is used again when all of them are done with, and no sooner', () => {
  const one = rowsOf('a');
  const memory = one[0]?.page.memory;
  const texts = textsOf(one);
  expect(one.map(({ count }) => count)).toEqual([40, 10]);
  expect(texts[49]).toEqual(['a50', '50']);
  one[1]?.done();
  const other = rowsOf('b');
  expect(other[0]?.page.memory).not.toBe(memory);
  expect(textsOf(one)).toEqual(texts);
  one[0]?.done();
  const third = rowsOf('c');
  expect(third[0]?.page.memory).toBe(memory);
  expect(textsOf(other)[49]).toEqual(['b50', '50']);
  expect(textsOf(third)[49]).toEqual(['c50', '50']);
});
