import { TemplateFault } from '../failures/template-fault.ts';

const simple = new Map([
  ['\n', ''],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);
const escapePattern = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|[\s\S])/g;

/**
 * Resolves the escapes of a Python string literal; an unknown one stays as written.
 *
 * @param body the literal without its quotes.
 * @throws a `syntax` fault for a cut `\x`, `\u` or `\U`, one beyond Unicode, and for `\N`.
 */
export function resolveEscapes(body: string, at: number): string {
  if (!body.includes('\\')) return body;
  return body.replace(escapePattern, (whole: string, code: string) => {
    const known = simple.get(code);
    if (known !== undefined) return known;
    if (code.length > 1 || (code >= '0' && code <= '7')) return numeric(code, at);
    if (code === 'x' || code === 'u' || code === 'U' || code === 'N') {
      throw new TemplateFault('syntax', `incomplete or unsupported \\${code} escape in a string`, at);
    }
    return whole;
  });
}

function numeric(code: string, at: number): string {
  const first = code.charAt(0);
  const isHex = first === 'x' || first === 'u' || first === 'U';
  const point = isHex ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8);
  if (point > 0x10ffff) throw new TemplateFault('syntax', 'an escape beyond the last Unicode character', at);
  return String.fromCodePoint(point);
}
