import type { Call } from './project.ts';

/** A call of `ref` or `source` as YAML writes it, without a place. */
export type WrittenCall = Pick<Call, 'kind' | 'args' | 'version'>;

const CALL = /^\s*(ref|source)\s*\(([^()]*)\)\s*$/;
const ARGUMENT = /^\s*(?:(v|version)\s*=\s*)?(?:'([^']*)'|"([^"]*)"|(\d+(?:\.\d+)?))\s*$/;

/** Reads `ref('orders')`, `ref('shop', 'orders', v=2)`, `source('raw', 'orders')`; undefined for anything else. */
export function writtenCall(text: string): WrittenCall | undefined {
  const found = CALL.exec(text);
  if (found === null) return undefined;
  const args: string[] = [];
  let version: string | undefined;
  for (const part of (found[2] ?? '').split(',')) {
    const argument = ARGUMENT.exec(part);
    if (argument === null) return undefined;
    const value = argument[2] ?? argument[3] ?? argument[4] ?? '';
    if (argument[1] === undefined) args.push(value);
    else version = value;
  }
  const kind = found[1] === 'ref' ? 'ref' : 'source';
  const fits = kind === 'source' ? args.length === 2 : args.length === 1 || args.length === 2;
  return fits ? { kind, args, version } : undefined;
}
