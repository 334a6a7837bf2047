const escapes = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\\', '\\\\'],
]);
const notPrintable = /[\p{C}\p{Z}]/u;
const mayNeedEscape = /[\\'"\p{C}\p{Z}]/u;

/** Python's repr of a str: single quotes unless the text has one and no double quote. */
export function textRepr(text: string): string {
  if (!mayNeedEscape.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const character of text) out += character === quote ? `\\${quote}` : escaped(character);
  return out + quote;
}

/** Python's ascii(): repr with everything beyond ASCII escaped. */
export function asciiOnly(text: string): string {
  let out = '';
  for (const character of text)
    out += (character.codePointAt(0) ?? 0) < 128 ? character : hexEscape(character);
  return out;
}

function escaped(character: string): string {
  const known = escapes.get(character);
  if (known !== undefined) return known;
  return character === ' ' || !notPrintable.test(character) ? character : hexEscape(character);
}

function hexEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
