import { removedAtMs } from './device-life.ts';
import { planSizes } from './plan-sizes.ts';

/** A customer and its devices, which carry consecutive numbers. */
export interface Customer {
  /** `c-00001`. */
  readonly id: string;
  /** From 1, over all shards. */
  readonly number: number;
  readonly shard: string;
  /** Devices that were ever installed, those removed since included. */
  readonly size: number;
  readonly firstDevice: number;
}

export interface FleetOptions {
  readonly seed: number;
  readonly shards: readonly string[];
  readonly customers: number;
  readonly devices: number;
  /** Share of all devices that are removed one day between 2025 and 2028. */
  readonly removedShare: number;
  /** Sizes as they are wanted, instead of `customers` and `devices`: dealt to the shards in turn, or by shard. */
  readonly sizes?: readonly number[] | Readonly<Record<string, readonly number[]>>;
}

/** Who has which devices on which shard. The state of a device is not in here: it follows from seed, device and instant. */
export class Fleet {
  readonly seed: number;
  readonly shards: readonly string[];
  readonly customers: readonly Customer[];
  /** Devices that were ever installed; they are numbered from 1. */
  readonly deviceCount: number;
  readonly #byId: ReadonlyMap<string, Customer>;
  readonly #byShard: ReadonlyMap<string, readonly Customer[]>;
  readonly #removals: ReadonlyMap<number, number>;

  constructor(options: FleetOptions) {
    this.seed = options.seed;
    this.shards = options.shards;
    this.customers = customersOf(plannedSizes(options));
    this.deviceCount = this.customers.reduce((total, { size }) => total + size, 0);
    this.#byId = new Map(this.customers.map((customer) => [customer.id, customer]));
    this.#byShard = Map.groupBy(this.customers, ({ shard }) => shard);
    this.#removals = removals(options, this.deviceCount);
  }

  customersOf(shard: string): readonly Customer[] {
    return this.#byShard.get(shard) ?? [];
  }

  customer(id: string): Customer | undefined {
    return this.#byId.get(id);
  }

  /** Whose device it is; undefined when there is none of this number. */
  ownerOf(device: number): Customer | undefined {
    if (device < 1 || device > this.deviceCount) return undefined;
    let [low, high] = [0, this.customers.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.customers[middle]?.firstDevice ?? 0) <= device) low = middle;
      else high = middle - 1;
    }
    return this.customers[low];
  }

  /** False once it was taken off the wall. */
  isThere(device: number, atMs: number): boolean {
    return (this.#removals.get(device) ?? Number.POSITIVE_INFINITY) > atMs;
  }

  /** Numbers of a customer's devices that are there, ascending. */
  devicesOf({ firstDevice, size }: Customer, atMs: number): number[] {
    const devices: number[] = [];
    for (let device = firstDevice; device < firstDevice + size; device += 1) {
      if (this.isThere(device, atMs)) devices.push(device);
    }
    return devices;
  }

  /** Devices of a shard, or of all, that are there. */
  countDevices(atMs: number, shard?: string): number {
    const customers = shard === undefined ? this.customers : this.customersOf(shard);
    return customers.reduce((total, customer) => total + this.devicesOf(customer, atMs).length, 0);
  }
}

/** `d-0000001`. */
export const deviceId = (device: number): string => `d-${String(device).padStart(7, '0')}`;

/** The number in an id; undefined when it is none. */
export function deviceNumber(id: string): number | undefined {
  return /^d-\d{7,9}$/.test(id) ? Number(id.slice(2)) : undefined;
}

function customersOf(sizes: readonly { readonly shard: string; readonly size: number }[]): Customer[] {
  let firstDevice = 1;
  return sizes.map(({ shard, size }, index) => {
    const number = index + 1;
    const customer = { id: `c-${String(number).padStart(5, '0')}`, number, shard, size, firstDevice };
    firstDevice += size;
    return customer;
  });
}

function plannedSizes(options: FleetOptions): { shard: string; size: number }[] {
  const { shards, sizes } = options;
  const inTurn = (list: readonly number[]) =>
    list.map((size, index) => ({ shard: shards[index % shards.length] ?? '', size }));
  if (sizes === undefined) return spread(planSizes(options.seed, options.customers, options.devices), shards);
  if (Array.isArray(sizes)) return inTurn(sizes);
  return Object.entries(sizes).flatMap(([shard, list]: [string, readonly number[]]) =>
    list.map((size) => ({ shard, size })),
  );
}

/** Deals customers from large to small back and forth, so that shards have about as many of each kind. */
function spread(sizes: readonly number[], shards: readonly string[]): { shard: string; size: number }[] {
  const dealt = sizes.map((size) => ({ shard: '', size }));
  const { length } = shards;
  for (const [turn, customer] of dealt.toSorted((a, b) => b.size - a.size).entries()) {
    const at = turn % (2 * length);
    customer.shard = shards[at < length ? at : 2 * length - 1 - at] ?? '';
  }
  return dealt;
}

function removals({ seed, removedShare }: FleetOptions, devices: number): Map<number, number> {
  const found = new Map<number, number>();
  if (removedShare === 0) return found;
  for (let device = 1; device <= devices; device += 1) {
    const at = removedAtMs(seed, device, removedShare);
    if (at !== null) found.set(device, at);
  }
  return found;
}
