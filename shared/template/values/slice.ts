import { typeFault, valueFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';
import { codePoints, isSimpleText } from './code-points.ts';
import { ListValue } from './list-value.ts';
import { integerOf } from './number-of.ts';
import { RangeValue } from './range-value.ts';
import { TupleValue } from './tuple-value.ts';
import type { Value } from './value.ts';

/** The three parts of `[start:stop:step]`; None when left out. */
export interface SliceBounds {
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
}

/** Python's slice of a sequence, or undefined when the value cannot be sliced. */
export function sliceOf(value: Value, bounds: SliceBounds, budget: Budget): Value | undefined {
  if (typeof value === 'string') return sliceText(value, bounds, budget);
  if (value instanceof ListValue) return new ListValue(pick(value.items, bounds, budget));
  if (value instanceof TupleValue) return new TupleValue(pick(value.items, bounds, budget));
  if (value instanceof RangeValue) return sliceRange(value, bounds);
  return undefined;
}

function sliceText(text: string, bounds: SliceBounds, budget: Budget): string {
  const characters = isSimpleText(text) ? text : codePoints(text);
  const { start, stop, step } = resolve(bounds, BigInt(characters.length));
  if (step === 1n && typeof characters === 'string')
    return characters.slice(Number(start), Math.max(Number(start), Number(stop)));
  budget.text(characters.length);
  return pick(typeof characters === 'string' ? characters.split('') : characters, bounds, budget).join('');
}

function pick<T>(items: readonly T[], bounds: SliceBounds, budget: Budget): T[] {
  const { start, stop, step } = resolve(bounds, BigInt(items.length));
  const picked: T[] = [];
  for (const index of new RangeValue(start, stop, step).values()) {
    budget.step();
    const item = items[Number(index)];
    if (item !== undefined) picked.push(item);
  }
  return picked;
}

function sliceRange(range: RangeValue, bounds: SliceBounds): RangeValue {
  const { start, stop, step } = resolve(bounds, range.length);
  return new RangeValue(range.at(start), range.at(stop), range.step * step);
}

interface ResolvedSlice {
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;
}

/** Python's slice.indices(). */
function resolve(bounds: SliceBounds, length: bigint): ResolvedSlice {
  const step = part(bounds.step) ?? 1n;
  if (step === 0n) throw valueFault('slice step cannot be zero');
  const lowest = step > 0n ? 0n : -1n;
  const highest = step > 0n ? length : length - 1n;
  const clamp = (index: bigint | undefined, otherwise: bigint): bigint => {
    if (index === undefined) return otherwise;
    const positive = index < 0n ? index + length : index;
    return positive < lowest ? lowest : positive > highest ? highest : positive;
  };
  const forward = step > 0n;
  return {
    start: clamp(part(bounds.start), forward ? lowest : highest),
    stop: clamp(part(bounds.stop), forward ? highest : lowest),
    step,
  };
}

function part(value: Value): bigint | undefined {
  if (value === null) return undefined;
  const integer = integerOf(value);
  if (integer === undefined) throw typeFault('slice indices must be integers or None');
  return integer;
}
