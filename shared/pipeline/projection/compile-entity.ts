import type { ConvertValue } from './convert-value.ts';
import { isFailure } from './failure.ts';
import { isPlainObject } from './object-tree.ts';
import type { Filled, RawRow } from './row-levels.ts';
import { fieldPath, parseRowPath, type RowPath } from './row-path.ts';

/**
 * Compiles the reading of the entity a row is about, as canonical text; null where its value is absent or breaks its
 * checks. It is read before the row is, because what is dropped on the way is counted by entity.
 */
export function compileEntity(
  { entity, map }: { readonly entity: string | null; readonly map: Readonly<Record<string, string>> },
  converters: ReadonlyMap<string, ConvertValue>,
): (raw: RawRow, filled: Filled) => string | null {
  const convert = entity === null ? undefined : converters.get(entity);
  const place = entity === null ? undefined : parseRowPath(fieldPath(map, entity));
  if (convert === undefined || place === undefined) return () => null;
  return (raw, filled) => {
    const converted = convert(valueAt(place, raw, filled));
    return isFailure(converted) ? null : converted;
  };
}

function valueAt(place: RowPath, raw: RawRow, filled: Filled): unknown {
  if (place.kind === 'filled') return filled[place.name];
  let value = place.up === 0 ? raw.value : raw.parents[place.up - 1];
  for (const key of place.keys) {
    if (!isPlainObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
