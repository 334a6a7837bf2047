import { deviceDraw } from '../fleet/device-life.ts';
import { tagOf } from '../fleet/draw.ts';
import { deviceId } from '../fleet/fleet.ts';
import type { Fault, FaultKind } from './scenario.ts';

const SHARE = tagOf('share of devices');

type Of<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;

/** The faults that one call meets. */
export class ActiveFaults {
  readonly #faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    this.#faults = faults;
  }

  /** The first of its kind. */
  of<K extends FaultKind>(kind: K): Of<K> | undefined {
    return this.#faults.find((fault): fault is Of<K> => fault.kind === kind);
  }

  has(kind: FaultKind): boolean {
    return this.#faults.some((fault) => fault.kind === kind);
  }

  /** True when nothing changes what the answer says; how it travels is another matter. */
  leaveContent(): boolean {
    return this.#faults.every(({ kind }) => kind === 'latency' || kind === 'timeout' || kind === 'reset');
  }
}

export const NO_FAULTS = new ActiveFaults([]);

/** Faults of single devices within an answer. */
type DeviceFault = Of<'removed-device' | 'incomplete' | 'late-aggregates' | 'nan' | 'devices-off'>;

/** Whether a fault of devices meets this one: it is named, if any are, and in the share. The same devices each time. */
export function meets(fault: DeviceFault | undefined, seed: number, device: number): boolean {
  if (fault === undefined) return false;
  if (fault.devices !== undefined && !fault.devices.includes(deviceId(device))) return false;
  return deviceDraw(seed, device).chance(SHARE ^ tagOf(fault.kind), fault.share);
}
