import { Draw, tagOf } from '../fleet/draw.ts';
import type { Endpoint } from '../server/endpoint.ts';
import { ActiveFaults } from './active-faults.ts';
import type { Fault, FaultKind } from './scenario.ts';

const FAULT = tagOf('fault');
const RATE = tagOf('rate');

/** What a fault's filters look at. */
export interface FaultTarget {
  readonly shard: string;
  readonly endpoint: Endpoint;
  readonly customer: string | null;
  /** Of calls about one device. */
  readonly device: string | null;
}

/** Endpoints of faults that mean only some, unless the fault names others. */
const OWN_ENDPOINTS: Partial<Record<FaultKind, readonly Endpoint[]>> = {
  'not-implemented': ['aggregates'],
  incomplete: ['aggregates'],
  'late-aggregates': ['aggregates', 'device-aggregates'],
  'removed-device': ['aggregates', 'device-aggregates'],
};
/** Faults that pick devices within an answer, whatever the call is about. */
const OF_DEVICES: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'removed-device',
  'incomplete',
  'late-aggregates',
  'nan',
  'devices-off',
]);

interface Switched {
  readonly fault: Fault;
  readonly setAtMs: number;
  readonly draw: Draw;
  /** Calls that matched, and those of them that were met. */
  matched: number;
  met: number;
}

/** Faults that are switched on, and which call meets which of them. */
export class FaultSwitch {
  readonly #seed: number;
  readonly #now: () => number;
  #switched: Switched[] = [];

  /** @param now monotonic milliseconds. */
  constructor(seed: number, now: () => number) {
    this.#seed = seed;
    this.#now = now;
  }

  /** Switches on one more fault. @returns what switches it off again. */
  add(fault: Fault): () => void {
    const draw = new Draw(this.#seed, FAULT, this.#switched.length);
    const one = { fault, setAtMs: this.#now(), draw, matched: 0, met: 0 };
    this.#switched.push(one);
    return () => {
      this.#switched = this.#switched.filter((other) => other !== one);
    };
  }

  clear(): void {
    this.#switched = [];
  }

  list(): readonly Fault[] {
    return this.#switched.map(({ fault }) => fault);
  }

  /** The faults this call meets; counts it for each that matches. */
  take(target: FaultTarget): ActiveFaults {
    const nowMs = this.#now();
    const met = this.#switched.filter((one) => isOn(one, nowMs) && matches(one.fault, target) && isMet(one));
    return new ActiveFaults(met.map(({ fault }) => fault));
  }

  /** How a shard is down now; null when it is up. */
  downMode(shard: string): 'refused' | 'reset' | null {
    const nowMs = this.#now();
    for (const one of this.#switched) {
      const { fault } = one;
      if (fault.kind !== 'shard-down' || !isOn(one, nowMs)) continue;
      if (fault.shards === undefined || fault.shards.includes(shard)) return fault.mode;
    }
    return null;
  }

  /** Milliseconds until a shard goes down or comes back by the clock; null when none will. */
  nextDownChangeMs(): number | null {
    const nowMs = this.#now();
    const changes = this.#switched
      .filter(({ fault }) => fault.kind === 'shard-down')
      .flatMap(spanOf)
      .filter((atMs) => Number.isFinite(atMs) && atMs > nowMs);
    return changes.length === 0 ? null : Math.min(...changes) - nowMs;
  }
}

function spanOf({ fault, setAtMs }: Switched): readonly [number, number] {
  const fromMs = setAtMs + (fault.startMs ?? 0);
  return [fromMs, fromMs + (fault.durationMs ?? Number.POSITIVE_INFINITY)];
}

function isOn(one: Switched, nowMs: number): boolean {
  const [fromMs, toMs] = spanOf(one);
  return nowMs >= fromMs && nowMs < toMs;
}

function matches(fault: Fault, { shard, endpoint, customer, device }: FaultTarget): boolean {
  if (fault.kind === 'shard-down') return false;
  const { shards, customers, devices, endpoints = OWN_ENDPOINTS[fault.kind] } = fault;
  if (shards !== undefined && !shards.includes(shard)) return false;
  if (endpoints === undefined ? endpoint === 'token' : !endpoints.includes(endpoint)) return false;
  if (customers !== undefined && (customer === null || !customers.includes(customer))) return false;
  if (devices === undefined || OF_DEVICES.has(fault.kind)) return true;
  return device !== null && devices.includes(device);
}

function isMet(one: Switched): boolean {
  const { fault, draw } = one;
  if (fault.kind === 'shard-down') return false;
  const nth = one.matched;
  one.matched += 1;
  const { count = Number.POSITIVE_INFINITY, burst, rate = 1 } = fault;
  if (one.met >= count) return false;
  if (burst !== undefined && nth % (burst.failing + burst.passing) >= burst.failing) return false;
  if (!draw.chance(RATE, rate, nth)) return false;
  one.met += 1;
  return true;
}
