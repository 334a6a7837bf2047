import { z } from 'zod';
import { valueCheck } from './check-value.ts';
import type { Contract } from './contract.ts';
import type { Field } from './field.ts';
import type { RejectCode } from './reject-codes.ts';
import { shapedJsonZod } from './shaped-json.ts';

/** A row as it travels: per field the canonical text of its value (see `canonical-text.ts`), or null. */
export type TextRow = Readonly<Record<string, string | null>>;

/** The zod schema of a contract's rows. Unknown keys are dropped: the contract is the allowlist. */
export type ContractSchema = z.ZodType<TextRow, unknown>;

/**
 * Builds the schema of rows that arrive one by one. Each issue has the field as path, and the keys below it where the
 * field is shaped JSON, and a {@link RejectCode} as message, never a value.
 */
export function contractZod(contract: Contract): ContractSchema {
  const shape = Object.entries(contract.fields).map(([name, field]) => [name, fieldZod(field)] as const);
  return z.object(Object.fromEntries(shape));
}

function fieldZod(field: Field): z.ZodType<string | null> {
  const check = valueCheck(field);
  const schema = z.custom<string | null>(isTextOrNull, { error: 'type' }).superRefine((value, context) => {
    const code = check(value);
    if (code !== undefined) context.addIssue({ code: 'custom', message: code, input: undefined });
  });
  return field.shape === undefined ? schema : schema.pipe(shapedJsonZod(field.shape).nullable());
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

export type RowVerdict =
  | { readonly ok: true; readonly row: TextRow }
  | { readonly ok: false; readonly column: string; readonly code: RejectCode };

/**
 * Judges one row: the allowlisted row, or the first failing field (in contract order) with its code. A failure within
 * shaped JSON is named by its path, e.g. `state.sensors.rssi`.
 */
export function rowJudge(contract: Contract): (row: unknown) => RowVerdict {
  const schema = contractZod(contract);
  return (row) => {
    const result = schema.safeParse(row);
    if (result.success) return { ok: true, row: result.data };
    const issue = result.error.issues[0];
    return {
      ok: false,
      column: issue?.path.join('.') ?? '',
      code: (issue?.message ?? 'type') as RejectCode,
    };
  };
}
