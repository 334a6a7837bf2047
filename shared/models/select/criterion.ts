import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';

/** Which tests come with what they read. */
export const INDIRECT_SELECTIONS = ['eager', 'cautious', 'buildable', 'empty'] as const;
export type IndirectSelection = (typeof INDIRECT_SELECTIONS)[number];

/** One term of a selection: what it matches, and what it takes along. */
export interface Criterion {
  readonly kind: 'criterion';
  /** As written, for messages. */
  readonly raw: string;
  /** `fqn`, `tag`, `config`, … */
  readonly method: string;
  /** What follows the method after a dot: `['materialized']` of `config.materialized`. */
  readonly args: readonly string[];
  readonly value: string | number | boolean;
  /** `@x`: everything below, and all that this needs. */
  readonly childrensParents: boolean;
  /** Steps taken along: 0 for none, Infinity for all. */
  readonly above: number;
  readonly below: number;
  readonly indirect: IndirectSelection;
}

const TERM =
  /^(?<at>@)?(?<above>(?<aboveSteps>\d*)\+)?(?:(?<method>[\p{L}\p{N}_.]+):)?(?<value>.*?)(?<below>\+(?<belowSteps>\d*))?$/u;

/**
 * Reads one term: `orders`, `2+tag:daily+1`, `@source:crm`, `config.materialized:table` (`selector_spec.py`).
 *
 * Without a method, a value with `/` is a path, one that ends in `.sql`, `.py` or `.csv` a file, all else a name.
 *
 * @throws PenstockError `MODEL_SELECTOR_INVALID`
 */
export function parseCriterion(raw: string, indirect: IndirectSelection = 'eager'): Criterion {
  const parts = TERM.exec(raw)?.groups;
  if (parts === undefined) throw selectorInvalid(raw, 'it cannot be read');
  const { at, above, aboveSteps, method, value = '', below, belowSteps } = parts;
  if (at !== undefined && below !== undefined)
    throw selectorInvalid(raw, '@ before and + after exclude each other');
  const [name = '', ...args] = (method ?? defaultMethod(value)).split('.');
  return {
    kind: 'criterion',
    raw,
    method: name,
    args,
    value,
    childrensParents: at !== undefined,
    above: stepsOf(above, aboveSteps),
    below: stepsOf(below, belowSteps),
    indirect,
  };
}

function defaultMethod(value: string): string {
  if (value.includes('/')) return 'path';
  return /\.(sql|py|csv)$/i.test(value) ? 'file' : 'fqn';
}

const stepsOf = (plus: string | undefined, steps: string | undefined): number => {
  if (plus === undefined) return 0;
  return steps === undefined || steps === '' ? Number.POSITIVE_INFINITY : Number(steps);
};

/** What is wrong with which part of a selection. */
export const selectorInvalid = (selector: string, cause: string): PenstockError =>
  new PenstockError(modelErrors.selectorInvalid, { selector, cause });
