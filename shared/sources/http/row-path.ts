import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { httpErrors } from './errors.ts';
import type { RawRow } from './http-source.ts';
import { keyedValue } from './value-path.ts';

/** Where rows stand in an answer. */
export interface RowPath {
  /** Keys that lead to the outermost array; null when the answer itself is the row. */
  readonly outer: readonly string[] | null;
  /**
   * Rows of a whole answer.
   *
   * @throws PenstockError HTTP_UNEXPECTED_SHAPE when an array is not where it is declared.
   */
  rowsOf(answer: unknown, facts: Facts): RawRow[];
  /** Empties the array that held the rows of {@link rowsOf}: who keeps the answer for its cursor need not keep them. */
  release(answer: unknown): void;
  /**
   * Rows within one element of the outermost array.
   *
   * @param around the answer, where it is held.
   * @throws PenstockError HTTP_UNEXPECTED_SHAPE.
   */
  rowsWithin(element: unknown, facts: Facts, around?: readonly unknown[]): RawRow[];
}

const SEGMENT = /^[^.[\]]+(\[\])?$/;

/**
 * Compiles `items[]`, `data.items[]`, `sites[].rooms[].devices[]`, `[]` (the answer is the array) or `` (the answer is the row).
 *
 * @throws PenstockError HTTP_DECLARATION_INVALID.
 */
export function compileRowPath(path: string): RowPath {
  if (path === '') return WHOLE_ANSWER;
  const arrays = path === '[]' ? [[]] : arraysOf(path);
  const [outer = [], ...inner] = arrays;
  const rowsWithin = (element: unknown, facts: Facts, around: readonly unknown[] = []): RawRow[] =>
    descend(element, around, inner, { ...facts, rows: path });
  const rowsOf = (answer: unknown, given: Facts): RawRow[] => {
    const facts = { ...given, rows: path };
    return elementsAt(answer, outer, facts).flatMap((element) => descend(element, [answer], inner, facts));
  };
  const release = (answer: unknown): void => {
    const found = keyedValue(answer, outer);
    if (Array.isArray(found)) found.length = 0;
  };
  return { outer, rowsOf, release, rowsWithin };
}

const WHOLE_ANSWER: RowPath = {
  outer: null,
  rowsOf: (value) => [{ value, parents: [] }],
  release: () => undefined,
  rowsWithin: () => [],
};

/** The keys to each array, from the element of the one before. */
function arraysOf(path: string): string[][] {
  const segments = path.split('.');
  if (!path.endsWith('[]') || !segments.every((segment) => SEGMENT.test(segment))) {
    throw new PenstockError(httpErrors.declarationInvalid, { rows: path });
  }
  const arrays: string[][] = [];
  let keys: string[] = [];
  for (const segment of segments) {
    keys.push(segment.replace('[]', ''));
    if (!segment.endsWith('[]')) continue;
    arrays.push(keys);
    keys = [];
  }
  return arrays;
}

function descend(
  element: unknown,
  parents: readonly unknown[],
  arrays: readonly string[][],
  facts: Facts,
): RawRow[] {
  const [keys, ...deeper] = arrays;
  if (keys === undefined) return [{ value: element, parents }];
  const around = [element, ...parents];
  return elementsAt(element, keys, facts).flatMap((child) => descend(child, around, deeper, facts));
}

/** An array that is null holds nothing. One that is absent is drift: taken for empty, its rows would be lost in silence. */
function elementsAt(value: unknown, keys: readonly string[], facts: Facts): readonly unknown[] {
  const found = keyedValue(value, keys);
  if (Array.isArray(found)) return found;
  if (found === null) return [];
  throw new PenstockError(httpErrors.unexpectedShape, facts);
}
