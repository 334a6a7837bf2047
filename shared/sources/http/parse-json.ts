import { isUtf8 } from 'node:buffer';
import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { httpErrors } from './errors.ts';

/**
 * JSON by RFC 8259, in valid UTF-8.
 *
 * @throws PenstockError HTTP_MALFORMED_BODY without the parser's words, which quote the text.
 */
export function parseJson(bytes: Buffer, facts: Facts): unknown {
  // Decoding would put a replacement character for what is no UTF-8, and change a value without a word.
  if (!isUtf8(bytes)) throw new PenstockError(httpErrors.malformed, { ...facts, reason: 'NOT_UTF8' });
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw new PenstockError(httpErrors.malformed, { ...facts, reason: 'NOT_JSON' });
  }
}
