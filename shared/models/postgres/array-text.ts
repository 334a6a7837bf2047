const NUMBERS = new Set(['smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric']);

/** Reads the server's text of an array, e.g. `{1,NULL}`, as JSON: `[1, null]`. @param item type of its elements. */
export function arrayReader(item: string): (text: string) => string {
  const write = (raw: string): string => {
    if (item === 'boolean') return raw === 't' ? 'true' : 'false';
    return NUMBERS.has(item) && /^-?[\d.]+(e[-+]?\d+)?$/i.test(raw) ? raw : quoted(raw);
  };
  return (text) => {
    // Bounds other than from 1 are written before the braces.
    const body = text.slice(text.indexOf('{'));
    const token = /"((?:[^"\\]|\\[\s\S])*)"|([{}])|(,)|([^",{}]+)/g;
    return body.replace(token, (_, held?: string, brace?: string, comma?: string, bare?: string) => {
      if (held !== undefined) return write(held.replace(/\\([\s\S])/g, '$1'));
      if (brace !== undefined) return brace === '{' ? '[' : ']';
      if (comma !== undefined) return ', ';
      return bare === 'NULL' ? 'null' : write(bare ?? '');
    });
  };
}

/** As Python's json.dumps: ASCII only. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
