import type { ObjectFormat, ObjectStreamDeclaration } from '#shared/pipeline/objects-declaration.ts';
import { BrokenObject } from './broken-object.ts';

const ENDINGS: Readonly<Record<string, ObjectFormat>> = {
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
  parquet: 'parquet',
};

/**
 * How an object is read: as the stream declares, or by the ending of its key. `.gz` at the end means compressed either way.
 *
 * @throws BrokenObject format-unknown
 */
export function formatOf(
  declared: ObjectStreamDeclaration['format'],
  key: string,
): { readonly format: ObjectFormat; readonly gzip: boolean } {
  const name = key.toLowerCase();
  const gzip = name.endsWith('.gz');
  if (declared !== 'by-name') return { format: declared, gzip };
  const plain = gzip ? name.slice(0, -'.gz'.length) : name;
  const format = ENDINGS[plain.slice(plain.lastIndexOf('.') + 1)];
  if (format === undefined || !plain.includes('.')) throw new BrokenObject('format-unknown');
  return { format, gzip };
}
