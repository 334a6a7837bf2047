import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';

/** Warnings by the names that the original's `warn_error_options` knows them by. */
export type WarningName =
  | 'LogTestResult'
  | 'JinjaLogWarning'
  | 'NoNodesForSelectionCriteria'
  | 'NothingToDo'
  | 'NoNodeForYamlKey'
  | (string & {});

/** What `--warn-error` and `--warn-error-options` make of warnings. */
export interface WarningRules {
  readonly error: 'all' | readonly string[];
  readonly warn: readonly string[];
  readonly silence: readonly string[];
}

export const PLAIN_WARNINGS: WarningRules = { error: [], warn: [], silence: [] };

/** A name wins over `all`; silence over warn, warn over error (`helper_types.py`, `WarnErrorOptionsV2`). */
export function treatmentOf(
  { error, warn, silence }: WarningRules,
  name: WarningName,
): 'error' | 'warn' | 'silence' {
  if (silence.includes(name)) return 'silence';
  if (warn.includes(name)) return 'warn';
  return error === 'all' || error.includes(name) ? 'error' : 'warn';
}

/**
 * Tells a warning as the rules say.
 *
 * @throws PenstockError `MODEL_WARNING_IS_ERROR`.
 */
export function warnBy(
  rules: WarningRules,
  name: WarningName,
  text: string,
  tell: (text: string) => void,
): void {
  const treatment = treatmentOf(rules, name);
  if (treatment === 'error') throw new PenstockError(modelErrors.warningIsError, { warning: name, text });
  if (treatment === 'warn') tell(text);
}

/**
 * Reads `{error: all, warn: [LogTestResult], silence: […]}`; `include` and `exclude` are older names of `error` and `warn`.
 *
 * @returns undefined when it is no such mapping.
 */
export function readWarningRules(options: Readonly<Record<string, unknown>>): WarningRules | undefined {
  const { error = options['include'] ?? [], warn = options['exclude'] ?? [], silence = [] } = options;
  const isAll = error === 'all' || error === '*';
  if (!(isAll || isNames(error)) || !isNames(warn) || !isNames(silence)) return undefined;
  return { error: isAll ? 'all' : error, warn, silence };
}

const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
