import { Draw, tagOf } from './draw.ts';

const SIZES = tagOf('sizes');
const TAIL = tagOf('tail');
const ORDER = tagOf('order');

/** The share of customers, and of devices, that belong to the few large ones. */
const LARGE_CUSTOMERS = 0.01;
const LARGE_DEVICES = 0.45;
/** The share of customers that have about ten devices. */
const SMALL_CUSTOMERS = 0.55;

/**
 * Sizes of customers as a back end has them: a few large, many with ten devices, the rest in between.
 *
 * @returns one size each, at least 1, in no order; they sum exactly to `devices`.
 */
export function planSizes(seed: number, customers: number, devices: number): number[] {
  const draw = new Draw(seed, SIZES, 0);
  const large = customers < 5 ? 0 : Math.max(1, Math.round(customers * LARGE_CUSTOMERS));
  const small = Math.floor(customers * SMALL_CUSTOMERS);
  const middle = customers - large - small;
  const tail = Array.from({ length: small }, (_, index) => draw.whole(TAIL, 5, 15, index));
  const smallDevices = sum(tail);
  const largeDevices = large === 0 ? 0 : devices * LARGE_DEVICES;
  const rest = Math.max(devices * 0.1, devices - largeDevices - smallDevices);
  const weights = [...shares(large, largeDevices, 0.3), ...shares(middle, rest, 0.8), ...tail];
  const sizes = apportion(weights, devices);
  const place = sizes.map((_, index) => draw.unit(ORDER, index));
  return sizes
    .map((size, index) => ({ size, at: place[index] ?? 0 }))
    .sort((a, b) => a.at - b.at)
    .map(({ size }) => size);
}

/** `total` among `count`, the k-th in proportion to `k ** -steepness`. */
function shares(count: number, total: number, steepness: number): number[] {
  const weights = Array.from({ length: count }, (_, index) => (index + 1) ** -steepness);
  const all = sum(weights);
  return weights.map((weight) => (weight * total) / all);
}

/** Whole numbers of at least 1 in proportion to the weights, by largest remainder. */
function apportion(weights: readonly number[], total: number): number[] {
  const all = sum(weights);
  const free = total - weights.length;
  const exact = weights.map((weight) => (Math.max(0, weight) * free) / all);
  const sizes = exact.map((share) => 1 + Math.floor(share));
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  const left = total - sum(sizes);
  for (const { index } of byRemainder.slice(0, left)) sizes[index] = (sizes[index] ?? 0) + 1;
  return sizes;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
