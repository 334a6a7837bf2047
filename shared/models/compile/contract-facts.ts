import { Budget } from '#shared/template/limits/budget.ts';
import { defaultLimits } from '#shared/template/limits/limits.ts';
import { toText } from '#shared/template/values/to-text.ts';
import type { Value } from '#shared/template/values/value.ts';
import { translatedType } from '../context/column-value.ts';
import { isMapping, mappingsIn, type YamlMapping } from '../project/read-yaml.ts';
import { writtenCall } from '../project/written-call.ts';
import type { RenderScope } from './render-scope.ts';

type Facts = Readonly<Record<string, unknown>>;

/**
 * What `model` answers of columns and constraints: types by the warehouse's names, unless the contract's `alias_types` is false
 * (`context/providers.py`, `ctx_model`), and foreign keys that point at relations instead of `ref('…')`.
 */
export function contractFacts(facts: Facts, scope: RenderScope): Facts {
  const { columns, constraints, contract } = facts;
  if (!isMapping(columns)) return facts;
  const isTranslated = !isMapping(contract) || contract['alias_types'] !== false;
  const pointed = (all: unknown): unknown =>
    Array.isArray(all) ? mappingsIn(all).map((one) => withRelation(one, scope)) : all;
  const columnFacts = (column: unknown): unknown => {
    if (!isMapping(column)) return column;
    const { data_type: dataType } = column;
    const type = isTranslated && typeof dataType === 'string' ? { data_type: translatedType(dataType) } : {};
    return { ...column, ...type, constraints: pointed(column['constraints']) };
  };
  const known = Object.entries(columns).map(([name, column]) => [name, columnFacts(column)]);
  return { ...facts, columns: Object.fromEntries(known), constraints: pointed(constraints) };
}

/** Outside of an execution nothing has a relation yet. */
function withRelation(constraint: YamlMapping, scope: RenderScope): YamlMapping {
  const { to } = constraint;
  const call = scope.execute && typeof to === 'string' ? writtenCall(to) : undefined;
  if (call === undefined) return constraint;
  const place = { file: scope.node.file, line: 1, column: 1, lineText: '' };
  const [first = '', second = ''] = call.args;
  const relation =
    call.kind === 'ref'
      ? scope.resolveRef(call.args, call.version, place)
      : scope.resolveSource([first, second], place);
  // An ephemeral model has none, and is waited for.
  return relation instanceof Promise ? constraint : { ...constraint, to: textOf(relation as Value) };
}

const textOf = (value: Value): string => toText(value, new Budget(defaultLimits));
