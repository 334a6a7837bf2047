import { describe, expect, test } from 'vitest';
import { COLUMNS, HOSTILE_JSON, LEAVES } from '#test/support/hostile-fields.ts';
import type { Contract } from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import * as f from '../field.ts';
import { compileProjection, type Projection } from '../project-row.ts';
import { recordDroppedKeys } from '../projection/dropped-keys.ts';
import { PickedRows, pickedFields } from './picked-rows.ts';

/** Values as they are written here, which `JSON.stringify` would not write. */
const WRITTEN = [
  ...['-0', '-0.0', '0.0', '20.0', '1.50', '1e5', '1E+05', '2.5e-3', '0.0000010', '0.0000009', '-0.000001'],
  ...['123456789012345', '1234567890123456', '0.1234567890123', '0.12345678901234567', '12345678.1234567'],
  ...['9007199254740993', '1e400', '-5e-324', '100000000000000000000', '2147483647.0', '2147483648.0'],
  ...['"\\u0061"', '"\\u0001"', '"a\\u0001b"', '"\\ud800"', '"\\/"', '"\\u0000"', '"\\u0031"', '"\u007f"'],
  ...['{"leaf":1,"leaf":2}', '{"l\\u0065af":1}', '[1,2.0,"3"]', `"${'x'.repeat(31)}"`, `"${'x'.repeat(32)}"`],
];
const TEXTS: readonly string[] = [...HOSTILE_JSON.map((value) => JSON.stringify(value)), ...WRITTEN];

function projectionOf(contract: Contract): Projection {
  const spec = { contract, map: {}, drop: [], entity: 'id', eventTime: null, rows: 'items[]', hashKey: null };
  return compileProjection(spec, recordDroppedKeys());
}

/** What becomes of rows that are written so, each by itself, and whether it was picked. */
function picked(projection: Projection, rows: readonly string[]): { fields: unknown; isPicked: boolean }[] {
  const answer = Buffer.from(`{"items":[${rows.join()}]}`);
  const read = projection.picker?.pick(answer)?.rows ?? [];
  const all = read.flatMap((piece) => {
    if (!(piece instanceof PickedRows))
      return [{ isPicked: false, fields: parsed(projection, answer.toString('utf8', piece.from, piece.to)) }];
    const { ok } = projection.projectPicked(piece, {});
    return Array.from({ length: piece.count }, (_, nth) => ({
      isPicked: ok,
      fields: [...pickedFields(piece, piece.at(nth)).values()],
    }));
  });
  expect(all).toHaveLength(rows.length);
  return all;
}

function parsed(projection: Projection, row: string): unknown {
  const projected = projection.project({ value: JSON.parse(row), parents: [] }, {});
  return projected.ok ? projected.fields : `${projected.column} ${projected.code}`;
}

/** @returns how many were picked. */
function agree(contract: Contract, rows: readonly string[]): number {
  const [one, other] = [projectionOf(contract), projectionOf(contract)];
  const all = picked(one, rows);
  let count = 0;
  // Together, then each by itself: what an answer has left must not show in the next.
  rows.forEach((row, i) => {
    const expected = parsed(other, row);
    expect(all[i]?.fields, row.slice(0, 200)).toEqual(expected);
    expect(picked(one, [row])[0]?.fields, row.slice(0, 200)).toEqual(expected);
    if (all[i]?.isPicked === true) count += 1;
    else if (Array.isArray(expected)) expect(row).toMatch(/leaf":[12],"leaf|l\\u0065af/);
  });
  return count;
}

describe('a picked row is what a parsed one is, and every good row is picked', () => {
  test.each(Object.keys(COLUMNS))('with a column of %s', (name) => {
    const v = COLUMNS[name] ?? f.text();
    const contract = defineContract({
      version: 1,
      key: ['id'],
      fields: { id: f.text(), v, w: f.text({ nullable: true }) },
    });
    const rows = TEXTS.flatMap((text) => [
      `{"id":"1","v":${text},"other":${text}}`,
      `{"w":"x","v":${text},"id":"2"}`,
    ]);
    expect(agree(contract, [...rows, '{"id":"3"}'])).toBeGreaterThan(0);
  });

  test.each(Object.keys(LEAVES))('with a leaf of %s, at two depths', (name) => {
    const leaf = LEAVES[name] ?? f.text();
    const v = f.shapedJson({
      leaf,
      object: f.object({ leaf: { ...leaf, nullable: true }, more: f.text({ nullable: true }) }),
    });
    const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.text(), v } });
    const rows = TEXTS.flatMap((text) =>
      [
        `{"other":1,"leaf":${text}}`,
        `{"object":{"x":1,"leaf":${text}},"leaf":${text}}`,
        `{"leaf":${text},"object":${text}}`,
        text,
      ].map((value, i) => `{"v":${value},"id":"${i}"}`),
    );
    expect(agree(contract, rows)).toBeGreaterThan(0);
  });
});

test('a text is judged by each of the columns that it is for', () => {
  const contract = defineContract({
    version: 1,
    key: ['id'],
    fields: {
      id: f.text(),
      short: f.text({ maxLength: 3 }),
      digits: f.text({ pattern: '^[0-9]+$' }),
      v: f.shapedJson({ number: f.int32(), text: f.text() }),
    },
  });
  const spec = {
    ...{ contract, drop: [], entity: 'id', eventTime: null, rows: 'items[]', hashKey: null },
    map: { short: 'text', digits: 'text', v: '' },
  };
  const projection = compileProjection(spec, recordDroppedKeys());
  const row = (text: string): string => `{"id":"${text}","text":"${text}","number":5}`;
  const rows = ['1', '12', '1', 'ab', '1234', '12'].map(row);
  const read = picked(projection, rows);
  expect(read.map(({ isPicked }) => isPicked)).toEqual([true, true, true, false, false, true]);
  rows.forEach((one, i) => {
    expect(read[i]?.fields).toEqual(parsed(projection, one));
  });
});
