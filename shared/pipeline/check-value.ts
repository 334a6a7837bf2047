import { isCanonical } from './canonical-text.ts';
import { compareCanonical } from './compare-canonical.ts';
import type { Field } from './field.ts';
import { patternRegExp } from './field-pattern.ts';
import type { RejectCode } from './reject-codes.ts';

/** Checks one value and names the first check it fails. */
export type ValueCheck = (text: string | null) => RejectCode | undefined;

/** Compiles a field's checks once; the result is called per row. */
export function valueCheck(field: Field): ValueCheck {
  const further = furtherChecks(field);
  return (text) => {
    if (text === null) return field.nullable ? undefined : 'required';
    if (!isCanonical(field.type, text)) return 'type';
    return further.find(([, passes]) => !passes(text))?.[0];
  };
}

type NamedCheck = readonly [RejectCode, (text: string) => boolean];

function furtherChecks({ type, checks }: Field): NamedCheck[] {
  const { min, max, minLength, maxLength, pattern, oneOf } = checks;
  const out: NamedCheck[] = [];
  if (min !== undefined) out.push(['min', (text) => compareCanonical(type, text, min) >= 0]);
  if (max !== undefined) out.push(['max', (text) => compareCanonical(type, text, max) <= 0]);
  const length = type.kind === 'bytes' ? byteLength : codePoints;
  if (minLength !== undefined) out.push(['min-length', (text) => length(text) >= minLength]);
  if (maxLength !== undefined) out.push(['max-length', (text) => length(text) <= maxLength]);
  if (pattern !== undefined) {
    const regExp = patternRegExp(pattern);
    out.push(['pattern', (text) => regExp.test(text)]);
  }
  if (oneOf !== undefined) {
    const allowed = new Set(oneOf);
    out.push(['one-of', (text) => allowed.has(text)]);
  }
  return out;
}

/** Of `\x` followed by two hex digits per byte. */
function byteLength(text: string): number {
  return text.length / 2 - 1;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
