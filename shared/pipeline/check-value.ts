import { isCanonical } from './canonical-text.ts';
import { compareCanonical } from './compare-canonical.ts';
import type { Field } from './field.ts';
import { patternRegExp } from './field-pattern.ts';
import type { RejectCode } from './reject-codes.ts';

/** Checks one value and names the first check it fails. */
export type ValueCheck = (text: string | null) => RejectCode | undefined;

/**
 * Compiles the checks of a field's landed values once; the result is called per row. A hashed field's declared checks
 * are of the text before, so what has landed is judged as a hash. What is in shaped JSON is judged by `shaped-json.ts`.
 */
export function valueCheck(field: Field): ValueCheck {
  const further = field.hashed === true ? [] : furtherChecks(field);
  const isOfType = field.hashed === true ? isHash : (text: string) => isCanonical(field.type, text);
  return (text) => {
    if (text === null) return field.nullable ? undefined : 'required';
    if (!isOfType(text)) return 'type';
    return further.find(([, passes]) => !passes(text))?.[0];
  };
}

const HASH = /^[0-9a-f]{64}$/;

function isHash(text: string): boolean {
  return text.length === 64 && HASH.test(text);
}

/** One declared check of a canonical text, with the code of its failure. */
export type NamedCheck = readonly [RejectCode, (text: string) => boolean];

/** A field's checks beyond its type, in reporting order. */
export function furtherChecks({ type, checks }: Field): NamedCheck[] {
  const { min, max, minLength, maxLength, pattern, oneOf } = checks;
  const out: NamedCheck[] = [];
  if (min !== undefined) out.push(['min', (text) => compareCanonical(type, text, min) >= 0]);
  if (max !== undefined) out.push(['max', (text) => compareCanonical(type, text, max) <= 0]);
  const length = type.kind === 'bytes' ? byteLength : codePoints;
  if (minLength !== undefined) out.push(['min-length', (text) => length(text) >= minLength]);
  // No measure is more than that of UTF-16, which is at hand; most texts are far below their limit.
  if (maxLength !== undefined)
    out.push(['max-length', (text) => text.length <= maxLength || length(text) <= maxLength]);
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
