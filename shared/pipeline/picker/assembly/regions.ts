export { endOf, place, startOf } from '../../../wasm/assembly/regions';

/** The region that a page did not fit into, -1 for none. */
export let fullRegion: i32 = -1;

/** To be returned by who needs more room than there is. */
export function full(region: i32): i32 {
  fullRegion = region;
  return -1;
}

export function clearFull(): void {
  fullRegion = -1;
}
