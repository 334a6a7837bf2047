import { type Field, type FieldType, isShape, type JsonShape } from './field.ts';

/** Not a number, since JavaScript puts those first; and nothing that a path could be made of. */
const KEY = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/;
const MAX_DEPTH = 16;
const MAX_KEYS = 1000;

/**
 * Everything wrong with what a JSON column may hold, in words, each with the path of its key.
 *
 * @param leafProblems problems of a leaf's type and checks, as of a column.
 */
export function shapeProblems(shape: JsonShape, leafProblems: (leaf: Field) => string[]): string[] {
  const found = problemsWithin(shape, leafProblems, []);
  return keysIn(shape, 0) > MAX_KEYS ? [...found, `shape has more than ${MAX_KEYS} keys`] : found;
}

function problemsWithin(
  shape: JsonShape,
  leafProblems: (leaf: Field) => string[],
  above: string[],
): string[] {
  const at = (path: readonly string[]): string => `shape ${path.join('.')}`.trim();
  const entries = Object.entries(shape.keys);
  if (entries.length === 0) return [`${at(above)} is empty`];
  if (above.length >= MAX_DEPTH) return [`${at(above)} is deeper than ${MAX_DEPTH} objects`];
  return entries.flatMap(([key, part]) => {
    const path = [...above, key];
    if (!KEY.test(key) || key === '__proto__')
      return [`${at(above)}: ${JSON.stringify(key)} is not a key (letters, digits, _ and -; no digit first)`];
    if (isShape(part)) return problemsWithin(part, leafProblems, path);
    if (part.shape !== undefined) return [`${at(path)} is shaped itself: say object(…) instead`];
    if (!isLeaf(part.type)) return [`${at(path)}: type ${kindOf(part.type)} is not for leaves`];
    const { maxAgeMonths, maxAheadDays } = part.checks;
    const isOfToday = maxAgeMonths !== undefined || maxAheadDays !== undefined;
    const own = isOfToday ? ['maxAgeMonths and maxAheadDays are for columns'] : [];
    return [...leafProblems(part), ...own].map((problem) => `${at(path)}: ${problem}`);
  });
}

/** JSON within JSON would be what nobody has declared; bytes have no text of their own in it. */
function isLeaf(type: FieldType): boolean {
  if (type.kind === 'array') return isLeaf(type.of);
  return type.kind !== 'json' && type.kind !== 'bytes';
}

const kindOf = (type: FieldType): string => (type.kind === 'array' ? `array of ${type.of.kind}` : type.kind);

function keysIn(shape: JsonShape, depth: number): number {
  if (depth > MAX_DEPTH) return 0;
  const parts = Object.values(shape.keys);
  return parts.reduce((sum, part) => sum + 1 + (isShape(part) ? keysIn(part, depth + 1) : 0), 0);
}
