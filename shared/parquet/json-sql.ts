/**
 * The rule of `isStrictJson` in DuckDB. `json_valid` alone is too lenient: it takes NaN, Infinity and trailing
 * commas. They are looked for outside of strings, and only in values that hold anything suspicious at all.
 */
export function strictJsonSql(value: string): string {
  const suspicious = `regexp_matches(${value}, '(?i)nan|inf|,[ \\t\\r\\n]*[\\]}]|\\\\u')`;
  const unstrung = `regexp_replace(${value}, '"(?:[^"\\\\]|\\\\(?s:.))*"', '""', 'g')`;
  const lenient = `regexp_matches(${unstrung}, '(?i)nan|inf|,[ \\t\\r\\n]*[\\]}]')`;
  const pair = `'\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}'`;
  const unpaired = `regexp_replace(replace(${value}, '\\\\', ''), ${pair}, '', 'g')`;
  const forbidden = `regexp_matches(${unpaired}, '\\\\u(?:0000|[dD][89a-fA-F])')`;
  return `(json_valid(${value}) and not contains(${value}, chr(0))
    and case when ${suspicious} then not ${lenient} and not ${forbidden} else true end)`;
}
