import { REGIONS } from './layout';

/** From and to of each region. */
const BOUNDS: usize = memory.data(REGIONS * 8);

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
