/**
 * JSON by RFC 8259 that PostgreSQL's `jsonb` and BigQuery can hold too: no `\u0000` and no unpaired surrogate,
 * escaped or not. The same rule stands in SQL in `shared/parquet/json-sql.ts`.
 */
export function isStrictJson(text: string): boolean {
  try {
    JSON.parse(text);
  } catch {
    return false;
  }
  return !text.includes('\\u') || !hasForbiddenEscape(text);
}

const PAIR = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/g;
const FORBIDDEN = /\\u(?:0000|[dD][89a-fA-F])/;

function hasForbiddenEscape(text: string): boolean {
  return FORBIDDEN.test(text.replaceAll('\\\\', '').replaceAll(PAIR, ''));
}
