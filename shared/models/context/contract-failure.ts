import type { Budget } from '#shared/template/limits/budget.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { itemsOf } from '#shared/template/values/iterate.ts';
import { toText } from '#shared/template/values/to-text.ts';
import type { Value } from '#shared/template/values/value.ts';

interface ContractColumn {
  readonly name: string;
  readonly dataType: string;
}

const HEAD = ['column_name', 'definition_type', 'contract_type', 'mismatch_reason'];

/**
 * What `exceptions.raise_contract_error(promised, actual)` says: a table of what does not agree, by column, as the original's
 * (`dbt/exceptions.py`, `ContractError`).
 *
 * @param promised columns of the contract, each with `name` and `data_type`.
 * @param actual columns of the model's query.
 */
export function contractFailure(promised: Value, actual: Value, budget: Budget): string {
  const contract = columnsOf(promised, budget);
  if (contract.length === 0)
    return "This model has an enforced contract, and its 'columns' specification is missing";
  const table = mismatches(contract, columnsOf(actual, budget));
  const widths = HEAD.map((name, index) =>
    Math.max(name.length, ...table.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [
    'This model has an enforced contract that failed.',
    "Please ensure the name, data_type, and number of columns in your contract match the columns in your model's definition.",
    '',
    ...[HEAD, rule, ...table].map(line),
    '',
  ].join('\n');
}

function mismatches(contract: readonly ContractColumn[], actual: readonly ContractColumn[]): string[][] {
  const rows: string[][] = [];
  for (const { name, dataType } of actual) {
    const promise = contract.find((column) => column.name === name);
    if (promise === undefined) rows.push([name, dataType, '', 'missing in contract']);
    else if (promise.dataType !== dataType)
      rows.push([name, dataType, promise.dataType, 'data type mismatch']);
  }
  for (const { name, dataType } of contract) {
    if (!actual.some((column) => column.name === name))
      rows.push([name, '', dataType, 'missing in definition']);
  }
  return rows.sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
}

function columnsOf(columns: Value, budget: Budget): ContractColumn[] {
  return itemsOf(columns, budget).map((column) => {
    const text = (key: string): string =>
      column instanceof DictValue ? toText(column.get(key) ?? null, budget) : '';
    return { name: text('name'), dataType: text('data_type') };
  });
}
