import type { Contract } from './contract.ts';
import { timeAt } from './projection/event-time.ts';
import { isHashed } from './projection/projection-problems.ts';
import { fieldPath, isDroppedPath } from './source-path.ts';

/** How a stream finds its fields in the rows of a source. */
export interface RowMapping {
  readonly contract: Contract;
  readonly map: Readonly<Record<string, string>>;
  readonly drop: readonly string[];
}

/**
 * Problems of a mapping from rows to contract fields.
 *
 * @param variables names that the engine fills in for such a stream.
 * @param arrays arrays around a row: how far out a path may reach.
 */
export function mappingProblems(
  { contract, map, drop }: RowMapping,
  variables: readonly string[],
  arrays: number,
): string[] {
  const problems: string[] = [];
  for (const [field, path] of Object.entries(map)) {
    if (!Object.hasOwn(contract.fields, field)) problems.push(`map: the contract has no field '${field}'`);
    const found = fieldPath(path);
    if (found === undefined) problems.push(`map ${field}: '${path}' is no path`);
    else if (found.variable !== undefined && !variables.includes(found.variable))
      problems.push(
        `map ${field}: $${found.variable} is none of ${variables.map((one) => `$${one}`).join(', ')}`,
      );
    else if (found.outwards > arrays)
      problems.push(
        `map ${field}: '${path}' reaches out of ${found.outwards} arrays where rows stand in ${arrays}`,
      );
  }
  for (const path of drop) if (!isDroppedPath(path)) problems.push(`drop: '${path}' is no path`);
  return [...problems, ...shapeProblems(contract)];
}

/** Whatever is not declared is dropped, so a JSON column says what is in it. */
function shapeProblems(contract: Contract): string[] {
  return Object.entries(contract.fields)
    .filter(([, { type, shape }]) => type.kind === 'json' && Object.keys(shape?.keys ?? {}).length === 0)
    .map(([name]) => `field ${name}: a JSON field needs a shape, or anything could be in it`);
}

/** Problem of the path of an event's time, which leads to an instant or a day; undefined when there is none. */
export function eventTimeProblem(contract: Contract, path: string | null): string | undefined {
  if (path === null || timeAt(contract, path) !== undefined) return undefined;
  return `eventTime: '${path}' is no date or timestamp of the contract`;
}

/** True when a field, or one within a JSON field, is landed as a hash. */
export const hashes = (contract: Contract): boolean => Object.values(contract.fields).some(isHashed);
