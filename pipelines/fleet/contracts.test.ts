import { expect, test } from 'vitest';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { Field, JsonShape } from '#shared/pipeline/field.ts';
import fleet from './pipeline.ts';

/** Every value that a contract lets through, by its path. */
function leaves(fields: JsonShape['keys'], prefix: string): [string, Field][] {
  return Object.entries(fields).flatMap(([name, part]): [string, Field][] => {
    const path = `${prefix}.${name}`;
    if (!('type' in part)) return leaves(part.keys, path);
    return part.shape === undefined ? [[path, part]] : leaves(part.shape.keys, path);
  });
}

const ALL = Object.entries(fleet.streams).flatMap(
  ([stream, { contract }]: [string, { contract: Contract }]) => leaves(contract.fields, stream),
);

test('no text is free, no JSON open, no measurement unbounded, and every value is described', () => {
  const loose = ALL.filter(([, { type, checks, description }]) => {
    if (description === '') return true;
    if (type.kind === 'text') return checks.pattern === undefined && checks.oneOf === undefined;
    if (type.kind === 'float64') return checks.min === undefined || checks.max === undefined;
    return type.kind === 'json' || type.kind === 'bytes' || type.kind === 'array';
  });
  expect(loose.map(([path]) => path)).toEqual([]);
  expect(ALL.length).toBeGreaterThan(60);
});

test.each([
  'Anna Nowak',
  'anna@example.org',
  '+48 601 234 567',
  'Hauptstraße 7, 10115 Berlin',
  'Radiator of Anna',
  'Bearer eyJhbGciOi',
])('no pattern lets %s through', (personal) => {
  const through = ALL.filter(
    ([, { checks }]) => checks.pattern !== undefined && new RegExp(checks.pattern, 'u').test(personal),
  );
  expect(through.map(([path]) => path)).toEqual([]);
});

test('what is known to be dropped is not in the contract', () => {
  for (const [stream, declared] of Object.entries(fleet.streams)) {
    if (!('drop' in declared)) continue;
    const kept = ALL.map(([path]) => path).filter((path) => path.startsWith(`${stream}.`));
    for (const path of declared.drop) {
      expect(
        kept.filter((one) => one.endsWith(`.${path}`)),
        path,
      ).toEqual([]);
    }
  }
});

test('what is older than is kept, or dated ahead of tomorrow, is no value of a date that rows are found by', () => {
  const dated = ALL.filter(
    ([, { checks }]) => checks.maxAgeMonths !== undefined || checks.maxAheadDays !== undefined,
  );
  expect(dated.map(([path, { checks }]) => [path, checks.maxAgeMonths, checks.maxAheadDays])).toEqual([
    ['device_states.queried_at', 13, 1],
    ['hierarchy.queried_at', undefined, 1],
    ['daily_aggregates.day', 13, 1],
    ['battery_evaluations.evaluated_on', undefined, 1],
  ]);
});
