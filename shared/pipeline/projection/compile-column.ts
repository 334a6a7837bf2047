import type { Field } from '../field.ts';
import type { Converted, ConvertValue } from './convert-value.ts';
import { failuresOf } from './failure.ts';
import { WALKED } from './object-tree.ts';
import type { RowLevels } from './row-levels.ts';
import { type FilledName, parseRowPath } from './row-path.ts';
import { writeShape } from './write-shape.ts';

/** One field's value of the row that its levels hold. */
export type CompiledColumn = () => Converted;

/** A field, where it stands, and how its values are converted. */
export interface ColumnPlan {
  readonly name: string;
  readonly field: Field;
  /** One that `projectionProblems` found nothing wrong with. */
  readonly path: string;
  readonly convert: ConvertValue;
  readonly hashKey: Uint8Array | null;
}

export function compileColumn(levels: RowLevels, plan: ColumnPlan): CompiledColumn {
  const { name, field, path, convert, hashKey } = plan;
  const place = parseRowPath(path);
  if (place === undefined) throw new TypeError(`${path} is not a path`);
  if (place.kind === 'filled') return filledColumn(levels, place.name, convert);
  const tree = levels.tree(place.up);
  const way = tree.slotsTo(place.keys);
  if (field.shape !== undefined) {
    const write = writeShape(field.shape, { tree, keys: place.keys, column: name, hashKey });
    return shapedColumn(field, name, write, tree.slots, way);
  }
  const mistyped = failuresOf(name)('type');
  const slot = way.at(-1) ?? 0;
  const { slots } = tree;
  return () => {
    const value = slots[slot];
    if (value === undefined && isBroken(slots, way)) return mistyped;
    return convert(value);
  };
}

/** Converted once for all rows that it is true of. */
function filledColumn(levels: RowLevels, name: FilledName, convert: ConvertValue): CompiledColumn {
  let filledIn: Converted = null;
  levels.whenFilled((filled) => {
    filledIn = convert(filled[name]);
  });
  return () => filledIn;
}

function shapedColumn(
  field: Field,
  name: string,
  write: () => Converted,
  slots: readonly unknown[],
  way: readonly number[],
): CompiledColumn {
  const fail = failuresOf(name);
  const [absent, mistyped] = [field.nullable ? null : fail('required'), fail('type')];
  const slot = way.at(-1) ?? 0;
  return () => {
    const value = slots[slot];
    if (value === WALKED) return write();
    if (value === null || (value === undefined && !isBroken(slots, way))) return absent;
    return mistyped;
  };
}

/** An absent value is a wrong one where what should hold it is there and no object. */
function isBroken(slots: readonly unknown[], way: readonly number[]): boolean {
  for (let i = 0; i < way.length - 1; i += 1) {
    const value = slots[way[i] ?? 0];
    if (value !== WALKED && value !== undefined && value !== null) return true;
  }
  return false;
}
