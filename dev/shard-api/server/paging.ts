import type { ActiveFaults } from '../scenario/active-faults.ts';
import type { Position } from './cursors.ts';

export const DEFAULT_LIMIT = 100;
export const LARGEST_LIMIT = 1_000;

export interface PageRequest {
  /** Null for the first page. */
  readonly from: Position | null;
  readonly limit: number;
}

export interface Page {
  /** Of the entries on it. */
  readonly keys: readonly number[];
  /** Null at the end. */
  readonly next: Position | null;
}

/**
 * Cuts a page out of a list.
 *
 * A page is found by its first key, not by its place, so that nothing is left out when an entry vanishes meanwhile.
 *
 * @param keys of the whole list, ascending.
 * @param faults those of paging are obeyed.
 */
export function pageOf(keys: readonly number[], request: PageRequest, faults: ActiveFaults): Page {
  const { limit } = request;
  const isReversed = faults.has('reordered-pages');
  const at = startOf(keys, request, isReversed);
  const onPage = keys.slice(at, at + limit);
  const next = nextStart(at, limit, keys.length, isReversed);
  const nextPosition = next === null ? null : { key: keys[next] ?? 0, repeated: false };
  return {
    keys: isReversed ? onPage.reverse() : onPage,
    next: loopedBack(keys, at, limit, faults) ?? repeatedPage(keys, at, request, faults) ?? nextPosition,
  };
}

function startOf(keys: readonly number[], { from, limit }: PageRequest, isReversed: boolean): number {
  if (from !== null) {
    const found = keys.findIndex((key) => key >= from.key);
    return found < 0 ? keys.length : found;
  }
  return isReversed ? Math.max(0, Math.floor((keys.length - 1) / limit) * limit) : 0;
}

function nextStart(at: number, limit: number, length: number, isReversed: boolean): number | null {
  if (isReversed) return at === 0 ? null : Math.max(0, at - limit);
  return at + limit < length ? at + limit : null;
}

/** Leads back to the first page once enough pages were sent, or where the list would end. */
function loopedBack(
  keys: readonly number[],
  at: number,
  limit: number,
  faults: ActiveFaults,
): Position | null {
  const loop = faults.of('cursor-loop');
  if (loop === undefined) return null;
  const isFarEnough = Math.floor(at / limit) >= loop.after || at + limit >= keys.length;
  return isFarEnough ? { key: keys[0] ?? 0, repeated: false } : null;
}

/** Each page is followed by itself, under another cursor. */
function repeatedPage(
  keys: readonly number[],
  at: number,
  { from }: PageRequest,
  faults: ActiveFaults,
): Position | null {
  const key = keys[at];
  const isDue = faults.has('duplicate-pages') && from?.repeated !== true;
  return isDue && key !== undefined ? { key, repeated: true } : null;
}
