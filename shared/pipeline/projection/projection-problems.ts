import type { Contract } from '../contract.ts';
import { type Field, type FieldType, isShape, type JsonShape } from '../field.ts';
import { timeAt } from './event-time.ts';
import { fieldPath, parseDropPath, parseRowPath } from './row-path.ts';

/** What a projection is made of, as far as a declaration says it. */
export interface ProjectionDeclaration {
  readonly contract: Contract;
  readonly map: Readonly<Record<string, string>>;
  readonly drop: readonly string[];
  readonly entity: string | null;
  readonly eventTime: string | null;
}

/** Everything wrong with how rows are to be projected, in words. */
export function projectionProblems(spec: ProjectionDeclaration): string[] {
  const fields = Object.entries(spec.contract.fields);
  return [
    ...Object.keys(spec.map)
      .filter((name) => !Object.hasOwn(spec.contract.fields, name))
      .map((name) => `map: there is no field ${JSON.stringify(name)}`),
    ...fields.flatMap(([name, field]) =>
      columnProblems(field, fieldPath(spec.map, name)).map((problem) => `${name}: ${problem}`),
    ),
    ...spec.drop.flatMap(dropProblems),
    ...entityProblems(spec),
    ...eventTimeProblems(spec),
  ];
}

function columnProblems(field: Field, path: string): string[] {
  if (holdsAnyJson(field)) return ['JSON without a shape would land whatever the source sends'];
  const place = parseRowPath(path);
  if (place === undefined) return [`${JSON.stringify(path)} is not a path`];
  if (field.shape !== undefined) return place.kind === 'filled' ? [`${path} is not JSON`] : [];
  const isObject = place.kind === 'value' && place.keys.length === 0;
  return isObject ? [`${JSON.stringify(path)} is the object itself, which only shaped JSON can be`] : [];
}

function holdsAnyJson({ type, shape }: Field): boolean {
  const scalar: FieldType = type.kind === 'array' ? type.of : type;
  return scalar.kind === 'json' && shape === undefined;
}

function dropProblems(path: string): string[] {
  const place = parseDropPath(path, null);
  return place !== undefined ? [] : [`drop: ${JSON.stringify(path)} is not the path of a key`];
}

function entityProblems({ contract, entity }: ProjectionDeclaration): string[] {
  if (entity === null) return [];
  const field = Object.hasOwn(contract.fields, entity) ? contract.fields[entity] : undefined;
  if (field === undefined) return [`entity: there is no field ${JSON.stringify(entity)}`];
  if (field.hashed === true) return ['entity: a hashed field says no longer what to ask for'];
  return field.type.kind === 'json' || field.type.kind === 'array'
    ? [`entity: type ${field.type.kind} identifies nothing`]
    : [];
}

function eventTimeProblems({ contract, eventTime }: ProjectionDeclaration): string[] {
  if (eventTime === null || timeAt(contract, eventTime) !== undefined) return [];
  return [`eventTime: ${JSON.stringify(eventTime)} is not a date or time of the contract`];
}

const MIN_KEY_BYTES = 16;

/** Facts about a key that hashed fields would need; undefined when there is one, or none is needed. */
export function hashKeyProblem({
  contract,
  hashKey,
}: {
  readonly contract: Contract;
  readonly hashKey: Uint8Array | null;
}): { field: string; bytes: number; minBytes: number } | undefined {
  const field = Object.entries(contract.fields).find(([, one]) => isHashed(one))?.[0];
  const bytes = hashKey?.length ?? 0;
  return field === undefined || bytes >= MIN_KEY_BYTES
    ? undefined
    : { field, bytes, minBytes: MIN_KEY_BYTES };
}

/** True when a field, or one within a shaped one, is landed as a hash. */
export function isHashed(part: Field | JsonShape): boolean {
  if (isShape(part)) return Object.values(part.keys).some(isHashed);
  return part.hashed === true || (part.shape !== undefined && isHashed(part.shape));
}
