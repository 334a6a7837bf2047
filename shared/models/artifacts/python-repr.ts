import { Budget } from '#shared/template/limits/budget.ts';
import { defaultLimits } from '#shared/template/limits/limits.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { toRepr } from '#shared/template/values/to-text.ts';

/** A plain value as Python's `repr` shows it. */
export const pythonRepr = (value: unknown): string => toRepr(fromHost(value), new Budget(defaultLimits));
