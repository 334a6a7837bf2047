import { HostObject } from '#shared/template/values/host-object.ts';
import { toHost } from '#shared/template/values/to-host.ts';
import type { Value } from '#shared/template/values/value.ts';

/**
 * A template's value as configuration: dictionaries become plain objects, bigints numbers where they are safe and text elsewhere, objects of the
 * host, such as a datetime, what they print.
 */
export function plainOf(value: Value): unknown {
  return plain(toHost(value));
}

function plain(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(plain);
  if (data instanceof Map)
    return Object.fromEntries([...data].map(([key, item]) => [String(key), plain(item)]));
  if (typeof data === 'bigint') return String(data);
  return data instanceof HostObject ? (data.toText?.() ?? String(data.typeName)) : data;
}
