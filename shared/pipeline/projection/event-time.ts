import type { Contract } from '../contract.ts';
import { type Field, isShape } from '../field.ts';
import type { RowLevels } from './row-levels.ts';
import { fieldPath, parseRowPath } from './row-path.ts';
import { toTextOf } from './scalar-text.ts';

const TIMES: readonly string[] = ['date', 'timestamp', 'timestamptz'];

/** The field, or leaf of a shaped one, at a path of declared names; undefined when there is none of a time's type. */
export function timeAt(contract: Contract, path: string): Field | undefined {
  const [name = '', ...keys] = path.split('.');
  const field = Object.hasOwn(contract.fields, name) ? contract.fields[name] : undefined;
  let part: Field | Field['shape'] = field;
  for (const key of keys) {
    const within: Field['shape'] = part === undefined || isShape(part) ? part : part.shape;
    part = within !== undefined && Object.hasOwn(within.keys, key) ? within.keys[key] : undefined;
  }
  return part !== undefined && !isShape(part) && TIMES.includes(part.type.kind) ? part : undefined;
}

/** The canonical text of an event's time, null for what is none. */
function eventTimeText(field: Field): (value: unknown) => string | null {
  const toText = toTextOf(field.type);
  return (value) => toText(value) ?? null;
}

/** Compiles the reading of the event's time as canonical text; null where it is absent or the stream has none. */
export function compileEventTime(
  spec: {
    readonly contract: Contract;
    readonly map: Readonly<Record<string, string>>;
    readonly eventTime: string | null;
  },
  levels: RowLevels,
): () => string | null {
  const { contract, map, eventTime } = spec;
  const leaf = eventTime === null ? undefined : timeAt(contract, eventTime);
  if (eventTime === null || leaf === undefined) return () => null;
  const [name = '', ...keys] = eventTime.split('.');
  const textOf = eventTimeText(leaf);
  const place = parseRowPath(fieldPath(map, name));
  if (place?.kind === 'filled') {
    let filledIn: string | null = null;
    levels.whenFilled((filled) => {
      filledIn = textOf(filled[place.name]);
    });
    return () => filledIn;
  }
  const tree = levels.tree(place?.up ?? 0);
  const slot = tree.slotsTo([...(place?.keys ?? []), ...keys]).at(-1) ?? 0;
  return () => textOf(tree.slots[slot]);
}
