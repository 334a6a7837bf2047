import type { FilterFunction } from '../values/call-site.ts';

/** Filters by name. */
export type FilterTable = ReadonlyMap<string, FilterFunction>;

export function filterTable(filters: Readonly<Record<string, FilterFunction>>): FilterTable {
  return new Map(Object.entries(filters));
}
