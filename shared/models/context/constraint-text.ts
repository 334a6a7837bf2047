import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { Budget } from '#shared/template/limits/budget.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { itemsOf } from '#shared/template/values/iterate.ts';
import { toText } from '#shared/template/values/to-text.ts';
import { isTrue } from '#shared/template/values/truth.ts';
import type { Value } from '#shared/template/values/value.ts';

/**
 * Columns with types and constraints as `create table` takes them, e.g. `id integer not null`; as the original (`adapters/base/impl.py`).
 *
 * @param columns by name, as `model.columns` has them.
 * @throws TemplateFault for something that is no constraint.
 */
export function renderColumnConstraints(columns: Value, budget: Budget): string[] {
  if (!(columns instanceof DictValue)) return raiseFromTemplate('columns by name were expected');
  return [...columns.entries()].map(([, column]) => {
    const of = reader(column, budget);
    const name = of.text('name');
    const rules = of.list('constraints').map((constraint) => columnRule(reader(constraint, budget)));
    return [`${of.isSet('quote') ? `"${name}"` : name} ${of.text('data_type')}`, ...rules]
      .filter(Boolean)
      .join(' ');
  });
}

/** Constraints of a whole table, e.g. `constraint k primary key (a, b)`. */
export function renderModelConstraints(constraints: Value, budget: Budget): string[] {
  return itemsOf(constraints, budget)
    .map((constraint) => modelRule(reader(constraint, budget)))
    .filter((rule) => rule !== '');
}

function columnRule(of: Reader): string {
  const expression = of.text('expression');
  switch (of.text('type')) {
    case 'check':
      return expression && `check (${expression})`;
    case 'not_null':
      return `not null ${expression}`.trim();
    case 'unique':
      return `unique ${expression}`.trim();
    case 'primary_key':
      return `primary key ${expression}`.trim();
    case 'foreign_key':
      return referenceOf(of);
    case 'custom':
      return expression;
    default:
      return raiseFromTemplate('Could not parse constraint: its type is not known');
  }
}

function modelRule(of: Reader): string {
  const expression = of.text('expression');
  const columns = `(${of.list('columns').map(String).join(', ')})`;
  const name = of.text('name') && `constraint ${of.text('name')} `;
  const extra = expression && ` ${expression}`;
  switch (of.text('type')) {
    case 'check':
      return expression && `${name}check (${expression})`;
    case 'unique':
      return `${name}unique${extra} ${columns}`;
    case 'primary_key':
      return `${name}primary key${extra} ${columns}`;
    case 'foreign_key':
      return referenceOf(of) && `${name}foreign key ${columns} ${referenceOf(of)}`;
    case 'custom':
      return expression && `${name}${expression}`;
    default:
      return raiseFromTemplate('Could not parse constraint: its type is not known');
  }
}

function referenceOf(of: Reader): string {
  const columns = of.list('to_columns').map(String);
  if (of.text('to') !== '' && columns.length > 0)
    return `references ${of.text('to')} (${columns.join(', ')})`;
  return of.text('expression') && `references ${of.text('expression')}`;
}

/** Reads the keys of a mapping; what is not there, or None, is empty. */
interface Reader {
  text(key: string): string;
  list(key: string): Value[];
  isSet(key: string): boolean;
}

function reader(mapping: Value, budget: Budget): Reader {
  const get = (key: string): Value => (mapping instanceof DictValue ? (mapping.get(key) ?? null) : null);
  return {
    text: (key) => (get(key) === null ? '' : toText(get(key), budget)),
    list: (key) => (get(key) === null ? [] : itemsOf(get(key), budget)),
    isSet: (key) => isTrue(get(key)),
  };
}
