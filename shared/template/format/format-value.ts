import { typeFault, valueFault } from '../failures/template-fault.ts';
import type { Budget } from '../limits/budget.ts';
import { codePoints, textLength } from '../values/code-points.ts';
import { nearestNumber } from '../values/number-of.ts';
import { toText } from '../values/to-text.ts';
import { typeName } from '../values/type-name.ts';
import type { Value } from '../values/value.ts';
import { alignText, formatNumber } from './format-number.ts';
import { type FormatSpec, parseFormatSpec } from './format-spec.ts';

/** Python's format(value, specification). */
export function formatValue(value: Value, specification: string, budget: Budget): string {
  if (specification === '') return toText(value, budget);
  const spec = parseFormatSpec(specification);
  budget.text(spec.width + (spec.precision ?? 0));
  if (typeof value === 'string') return formatString(value, spec);
  const number = nearestNumber(value);
  if (number === undefined)
    throw typeFault(`unsupported format string passed to ${typeName(value)}.__format__`);
  return formatNumber(number, spec);
}

function formatString(text: string, spec: FormatSpec): string {
  if (spec.type !== '' && spec.type !== 's')
    throw valueFault(`Unknown format code '${spec.type}' for object of type 'str'`);
  if (spec.hasSign || spec.noNegativeZero || spec.alternate || spec.grouping !== undefined) {
    throw valueFault('a flag not allowed in a string format specifier');
  }
  if (spec.align === '=') throw valueFault("'=' alignment not allowed in string format specifier");
  const cut = spec.precision === undefined ? text : codePoints(text).slice(0, spec.precision).join('');
  return alignText(cut, spec.width - textLength(cut), spec.align ?? '<', spec.fill);
}
