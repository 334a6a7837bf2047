/*
 * Where the regions of a module's memory stand, which the code around it lays out.
 */

const MOST_REGIONS = 20;
/** From and to of each region. */
const BOUNDS: usize = memory.data(MOST_REGIONS * 8);

export function place(region: i32, from: i32, to: i32): void {
  store<i32>(BOUNDS + region * 8, from);
  store<i32>(BOUNDS + region * 8, to, 4);
}

export function startOf(region: i32): i32 {
  return load<i32>(BOUNDS + region * 8);
}

export function endOf(region: i32): i32 {
  return load<i32>(BOUNDS + region * 8, 4);
}
