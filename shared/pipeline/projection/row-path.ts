/** What the engine fills in; in a map, `$slice` and so on. */
export const FILLED_NAMES = ['slice', 'shard', 'takenAt', 'day', 'way', 'key', 'modifiedAt'] as const;

export type FilledName = (typeof FILLED_NAMES)[number];

/** Where a value stands, taken apart. */
export type RowPath =
  | { readonly kind: 'filled'; readonly name: FilledName }
  /** `up` 0 is the row, 1 the element of the enclosing array (`^`), and so on; no keys means the object itself. */
  | { readonly kind: 'value'; readonly up: number; readonly keys: readonly string[] };

const MAX_UP = 8;
const MAX_KEYS = 16;

/** Reads `a.b`, `^x`, `^^x`, `$slice`, or `` for the row itself; undefined when it is none of these. */
export function parseRowPath(path: string): RowPath | undefined {
  if (path.startsWith('$')) {
    const name = FILLED_NAMES.find((known) => known === path.slice(1));
    return name === undefined ? undefined : { kind: 'filled', name };
  }
  const up = /^\^*/.exec(path)?.[0].length ?? 0;
  const rest = path.slice(up);
  const keys = rest === '' ? [] : rest.split('.');
  if (up > MAX_UP || keys.length > MAX_KEYS || keys.some((key) => !isKey(key))) return undefined;
  return { kind: 'value', up, keys };
}

function isKey(key: string): boolean {
  return key !== '' && !/[\^$[\]]/.test(key);
}

/** Where a field stands in a row: as mapped, or at its own name. */
export function fieldPath(map: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(map, name) ? (map[name] ?? name) : name;
}

/** The text of a path of keys, `^` for each level up: `^^room.name`. */
export function pathText(up: number, keys: readonly string[]): string {
  return `${'^'.repeat(up)}${keys.join('.')}`;
}

/** A place that `drop` names: a key of the row or of something around it. */
export interface DropPlace {
  readonly up: number;
  readonly keys: readonly string[];
}

/**
 * Reads a path of something known to be dropped: one of a value, or, with `[]`, one from the answer on
 * (`sites[].rooms[].label` of rows at `sites[].rooms[].devices[]` is `^label`). Below an array that does not lead to the rows
 * nothing is looked at, so its own key stands for what is in it. Undefined when it names no key.
 */
export function parseDropPath(path: string, rows: string | null): DropPlace | undefined {
  if (!path.includes('[]')) {
    const place = parseRowPath(path);
    return place?.kind === 'value' && place.keys.length > 0 ? place : undefined;
  }
  const steps = path.split('[].');
  const arrays = (rows ?? '')
    .split('[]')
    .slice(0, -1)
    .map((step) => step.replace(/^\./, ''));
  let level = 0;
  while (level < steps.length - 1 && steps[level] === arrays[level]) level += 1;
  const isAround = level > 0;
  const keys = (steps[level] ?? '').replace('[]', '').split('.');
  if (keys.some((key) => !isKey(key))) return undefined;
  return { up: isAround ? arrays.length - level : 0, keys };
}

/**
 * The keys on the way from the answer to its rows, by level up from the row: `sites[].rooms[]` leads through `rooms` of
 * the element of `sites` (1) and through `sites` of the answer (2).
 */
export function containersOf(rows: string): readonly (readonly string[])[] {
  const steps = rows.split('[]').map((step) => step.split('.').filter((key) => key !== ''));
  if (steps.at(-1)?.length === 0) steps.pop();
  return steps.reverse();
}
