import { type Field, isShape, type JsonShape } from '#shared/pipeline/field.ts';
import type { Content } from './known-relation.ts';
import type { Reading } from './reading.ts';
import { ALLOW, listed } from './resolve-column.ts';
import { type SqlNode, textOf } from './sql-tree.ts';

/** Follows keys into a JSON column; one that its contract does not let in is reported. Undefined where nothing is known. */
export function follow(
  from: Content | undefined,
  keys: readonly string[] | undefined,
  at: number,
  reading: Reading,
): Content | undefined {
  let content = keys === undefined ? undefined : from;
  for (const key of keys ?? []) {
    if (content === undefined) return undefined;
    const next = partAt(content.part, key);
    if (next === 'missing') {
      reading.report({ name: key, at, cause: causeOf(content, key) });
      return undefined;
    }
    content = next && { ...content, part: next, path: [...content.path, key] };
  }
  return content;
}

/** What a key leads to: undefined where anything may be. */
function partAt(part: Field | JsonShape, key: string): Field | JsonShape | 'missing' | undefined {
  const keys = keysOf(part);
  if (keys !== undefined) return Object.hasOwn(keys, key) ? keys[key] : 'missing';
  const { kind } = (part as Field).type;
  if (kind === 'json' || (kind === 'array' && /^-?\d+$/.test(key))) return undefined;
  return 'missing';
}

const keysOf = (part: Field | JsonShape): JsonShape['keys'] | undefined =>
  isShape(part) ? part.keys : part.shape?.keys;

function causeOf({ stream, path, part }: Content, key: string): string {
  const above = path.join('.');
  const keys = keysOf(part);
  const has =
    keys === undefined ? `${above} is a value without keys` : `${above} has ${listed(Object.keys(keys))}`;
  return `reads ${above}.${key}, which is not in the contract of stream ${stream}: ${has}; ${ALLOW}`;
}

/** Keys of a path as `#>` takes it: a list as text, or an array of texts. Undefined when some are not written out. */
export function pathOf(node: SqlNode | undefined): string[] | undefined {
  if (node !== undefined && 'TypeCast' in node) return pathOf(node.TypeCast.arg);
  if (node !== undefined && 'A_ArrayExpr' in node)
    return allOf((node.A_ArrayExpr.elements ?? []).map(textOf));
  const text = textOf(node);
  const inner = text === undefined ? undefined : /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const keys = [...inner.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^,"]+))\s*(?:,|$)/gy)];
  return keys.map(([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, '$1') ?? plain?.trim() ?? '');
}

/** Keys at the beginning of an SQL/JSON path: `$.a."b c"[*].d` begins with a, b c. */
export function jsonPathOf(node: SqlNode | undefined): string[] | undefined {
  const begin = /^\s*(?:strict|lax)?\s*\$((?:\.(?:[A-Za-z_]\w*\b(?!\s*\()|"[^"\\]*"))*)/.exec(
    textOf(node) ?? '',
  );
  return begin?.[1] === undefined
    ? undefined
    : [...begin[1].matchAll(/\.(?:([A-Za-z_]\w*)|"([^"\\]*)")/g)].map(
        ([, plain, quoted]) => plain ?? quoted ?? '',
      );
}

/** The texts, when all are known. */
export function allOf(texts: readonly (string | undefined)[]): string[] | undefined {
  const known = texts.flatMap((text) => text ?? []);
  return known.length === texts.length ? known : undefined;
}
