/** Devices and customers of a fleet behind five shards. */
export interface FleetSize {
  readonly shards: number;
  readonly customers: number;
  readonly devices: number;
}

const DEVICES_A_CUSTOMER = 250;

/** @param scale 1 for as many devices as said. */
export function fleetOfSize(devices: number, scale: number): FleetSize {
  const scaled = Math.max(1_000, Math.round(devices * scale));
  return { shards: 5, customers: Math.max(10, Math.round(scaled / DEVICES_A_CUSTOMER)), devices: scaled };
}
