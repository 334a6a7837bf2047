import { isCanonical } from './canonical-text.ts';
import { compareCanonical } from './compare-canonical.ts';
import type { Field, FieldChecks, FieldType } from './field.ts';
import { patternProblem } from './field-pattern.ts';
import { shapeProblems } from './shape-problems.ts';

const BOUNDED: readonly string[] = [
  'int32',
  'int64',
  'float64',
  'decimal',
  'date',
  'timestamp',
  'timestamptz',
];
const WITH_LENGTH: readonly string[] = ['text', 'bytes'];
const LISTABLE: readonly string[] = ['text', 'int32', 'int64', 'uuid'];
const MAX_PRECISION = 38;

/** Everything wrong with one field's declaration, in words. */
export function fieldProblems(field: Field): string[] {
  const { type, shape, hashed } = field;
  const out = scalarProblems(field);
  if (hashed === true && type.kind !== 'text') out.push(`type ${type.kind} cannot be hashed, only text`);
  if (shape === undefined) return out;
  if (type.kind !== 'json') return [...out, `type ${type.kind} takes no shape`];
  return [...out, ...shapeProblems(shape, fieldProblems)];
}

function scalarProblems({ type, checks }: Field): string[] {
  return [
    ...typeProblems(type),
    ...boundProblems(type, checks),
    ...lengthProblems(type, checks),
    ...listProblems(type, checks),
    ...todayProblems(type, checks),
  ];
}

const DATED: readonly string[] = ['date', 'timestamp', 'timestamptz'];
const MAX_OF_TODAY = 12_000;

function todayProblems(type: FieldType, { maxAgeMonths, maxAheadDays }: FieldChecks): string[] {
  const given = Object.entries({ maxAgeMonths, maxAheadDays }).filter(([, value]) => value !== undefined);
  if (given.length > 0 && !DATED.includes(type.kind))
    return [`type ${type.kind} takes no maxAgeMonths or maxAheadDays`];
  const wrong = given.filter(
    ([, value]) => !Number.isInteger(value) || Number(value) < 0 || Number(value) > MAX_OF_TODAY,
  );
  return wrong.map(([name]) => `${name} is not a whole number of 0 to ${MAX_OF_TODAY}`);
}

function typeProblems(type: FieldType): string[] {
  if (type.kind === 'array') return typeProblems(type.of);
  if (type.kind !== 'decimal') return [];
  const { precision, scale } = type;
  const out: string[] = [];
  if (!Number.isInteger(precision) || precision < 1 || precision > MAX_PRECISION)
    out.push(`precision ${precision} is not 1 to ${MAX_PRECISION}`);
  if (!Number.isInteger(scale) || scale < 0 || scale > precision)
    out.push(`scale ${scale} is not 0 to the precision`);
  return out;
}

function boundProblems(type: FieldType, { min, max }: FieldChecks): string[] {
  const bounds = Object.entries({ min, max }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  if (bounds.length > 0 && !BOUNDED.includes(type.kind)) return [`type ${type.kind} takes no min or max`];
  const wrong = bounds.filter(([, text]) => !isBound(type, text));
  if (wrong.length > 0) return wrong.map(([name]) => `${name} is not a value of type ${type.kind}`);
  if (min !== undefined && max !== undefined && compareCanonical(type, min, max) > 0)
    return ['min is above max'];
  return [];
}

/** A bound is canonical text of the type; for timestamps a bare date may stand for its midnight. */
function isBound(type: FieldType, text: string): boolean {
  if (type.kind === 'float64' && !Number.isFinite(Number(text))) return false;
  const dated = type.kind === 'timestamp' || type.kind === 'timestamptz';
  return isCanonical(type, text) || (dated && isCanonical({ kind: 'date' }, text));
}

function lengthProblems(type: FieldType, { minLength, maxLength }: FieldChecks): string[] {
  const lengths = Object.entries({ minLength, maxLength }).filter(([, value]) => value !== undefined);
  if (lengths.length === 0) return [];
  if (!WITH_LENGTH.includes(type.kind)) return [`type ${type.kind} takes no minLength or maxLength`];
  const wrong = lengths.filter(([, value]) => !Number.isSafeInteger(value) || Number(value) < 0);
  if (wrong.length > 0) return wrong.map(([name]) => `${name} is not a whole number of at least 0`);
  return (minLength ?? 0) > (maxLength ?? Number.POSITIVE_INFINITY) ? ['minLength is above maxLength'] : [];
}

function listProblems(type: FieldType, { pattern, oneOf }: FieldChecks): string[] {
  const out: string[] = [];
  if (pattern !== undefined) {
    const problem = type.kind === 'text' ? patternProblem(pattern) : `is not for type ${type.kind}`;
    if (problem !== undefined) out.push(`pattern ${problem}`);
  }
  if (oneOf === undefined) return out;
  if (!LISTABLE.includes(type.kind)) return [...out, `type ${type.kind} takes no oneOf`];
  if (oneOf.length === 0) out.push('oneOf is empty');
  if (!oneOf.every((text) => isCanonical(type, text)))
    out.push(`oneOf holds what is not a value of type ${type.kind}`);
  return out;
}
