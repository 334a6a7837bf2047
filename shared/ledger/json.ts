/** What a jsonb column can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** An error as the ledger keeps it: already redacted by whoever caught it. */
export type RecordedError = {
  readonly code: string;
  readonly message: string;
  readonly actor: string;
};

/**
 * Text of a jsonb parameter. PostgreSQL refuses NUL and lone surrogates inside jsonb, and one in an error message would
 * make the failure itself unrecordable, so both are replaced.
 */
export function jsonParam(value: Json | undefined): string | null {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return MAY_BE_REFUSED.test(text) ? JSON.stringify(cleaned(value)) : text;
}

/** NUL and half surrogate pairs are escaped; what only looks like one of them is no different for being cleaned. */
const MAY_BE_REFUSED = /\\u(?:0000|d[89a-f])/;

function cleaned(value: Json): Json {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(cleaned);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [cleanText(name), cleaned(item)]));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const cleanText = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
