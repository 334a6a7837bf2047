import { describe, expect, test } from 'vitest';
import { COLUMNS, LEAVES, HOSTILE_JSON as VALUES } from '#test/support/hostile-fields.ts';
import { referenceJson, referenceText } from '#test/support/reference-projection.ts';
import type { Contract } from '../contract.ts';
import { type RowVerdict, rowJudge } from '../contract-zod.ts';
import { defineContract } from '../define-contract.ts';
import * as f from '../field.ts';
import { compileProjection, type ProjectedRow } from '../project-row.ts';
import { recordDroppedKeys } from './dropped-keys.ts';

const N = { nullable: true } as const;

function projector(contract: Contract): (value: unknown) => ProjectedRow {
  const spec = { contract, map: {}, drop: [], entity: null, eventTime: null, rows: null, hashKey: null };
  const projection = compileProjection(spec, recordDroppedKeys());
  return (value) => projection.project({ value, parents: [] }, {});
}

/** Both in one form: the row's texts, or what failed. */
const ofZod = (verdict: RowVerdict): unknown =>
  verdict.ok ? Object.values(verdict.row) : { column: verdict.column, code: verdict.code };
const ofProjection = (row: ProjectedRow): unknown =>
  row.ok ? row.fields : { column: row.column, code: row.code };
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80);

describe('the compiled projection and the zod schema judge alike', () => {
  test.each(Object.keys(COLUMNS))('a column of %s', (name) => {
    const v = COLUMNS[name] ?? f.text();
    const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.text(), v } });
    const [judge, project] = [rowJudge(contract), projector(contract)];
    let good = 0;
    for (const value of [undefined, ...VALUES]) {
      const projected = project({ id: '1', v: value, other: 'dropped' });
      const verdict = judge({ id: '1', v: referenceText(v.type, value), other: 'dropped' });
      expect(ofProjection(projected), shown(value)).toEqual(ofZod(verdict));
      if (!projected.ok) expect(projected.fields).toEqual(['1', null]);
      else good += 1;
    }
    expect(good).toBeGreaterThan(0);
  });

  test.each(Object.keys(LEAVES))('a leaf of %s, at two depths', (name) => {
    const leaf = LEAVES[name] ?? f.text();
    const v = f.shapedJson({
      leaf,
      object: f.object({ leaf: { ...leaf, nullable: true }, more: f.text(N) }),
    });
    const contract = defineContract({ version: 1, key: ['id'], fields: { id: f.text(), v } });
    const [judge, project] = [rowJudge(contract), projector(contract)];
    const shape = v.shape ?? f.object({});
    let good = 0;
    for (const one of VALUES) {
      for (const value of [
        { other: 1, leaf: one },
        { object: { x: 1, leaf: one }, leaf: one },
        { leaf: one, object: one },
        one,
      ]) {
        const projected = project({ v: value, id: '1' });
        const text = value === null ? null : referenceJson(shape, value);
        expect(ofProjection(projected), shown(value)).toEqual(ofZod(judge({ id: '1', v: text })));
        if (projected.ok) good += 1;
      }
    }
    expect(good).toBeGreaterThan(0);
  });

  test('what a projection lets through, the schema gives back as it is', () => {
    const fields = Object.fromEntries(
      Object.values(LEAVES).map((field, i) => [`f${i}`, { ...field, nullable: true }]),
    );
    const contract = defineContract({
      version: 1,
      key: ['id'],
      fields: { id: f.text(), v: f.shapedJson(fields) },
    });
    const [judge, project] = [rowJudge(contract), projector(contract)];
    const names = Object.keys(fields);
    for (let i = 0; i < 3000; i += 1) {
      const keys = [...names, 'x', 'y'].filter(() => Math.random() < 0.2).toSorted(() => Math.random() - 0.5);
      const v = Object.fromEntries(
        keys.map((key) => [key, VALUES[Math.floor(Math.random() * VALUES.length)]]),
      );
      const { ok, fields: texts } = project({ id: '1', v });
      const [, text] = texts;
      if (ok) expect(judge({ id: '1', v: text })).toEqual({ ok: true, row: { id: '1', v: text } });
      else expect(text).toBeNull();
    }
  });
});
