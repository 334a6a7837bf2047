import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Draw } from '../fleet/draw.ts';
import { deviceNumber } from '../fleet/fleet.ts';
import { type ActiveFaults, NO_FAULTS } from '../scenario/active-faults.ts';
import { type Call, readCall } from './call.ts';
import type { Shard } from './shard.ts';

/** One request and its answer, while it lasts. */
export interface Exchange {
  readonly shard: Shard;
  readonly call: Call;
  /** The customer asked about, also where a device was named; null when there is none. */
  readonly customer: string | null;
  readonly faults: ActiveFaults;
  readonly draw: Draw;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Looks at a request, and at which faults it meets. */
export function beginExchange(shard: Shard, request: IncomingMessage, response: ServerResponse): Exchange {
  const { method = 'GET', url: asked = '/' } = request;
  const url = shard.settings.tamper?.target(asked) ?? asked;
  const call = readCall(method, url);
  const { endpoint, deviceId } = call;
  const customer = call.customerId ?? ownerId(shard, deviceId);
  const faults =
    endpoint === 'unknown'
      ? NO_FAULTS
      : shard.settings.faults.take({ shard: shard.name, endpoint, customer, device: deviceId });
  return { shard, call, customer, faults, draw: shard.drawOf(method, url), request, response };
}

/** Counts what became of it; before it is sent, so that nobody sees an answer that was not counted. */
export function recordOutcome({ shard, call, customer }: Exchange, status: number, bytes: number): void {
  const { endpoint } = call;
  shard.settings.counters.record({ shard: shard.name, endpoint, status, customer, bytes });
}

function ownerId({ settings }: Shard, device: string | null): string | null {
  const number = deviceNumber(device ?? '');
  return number === undefined ? null : (settings.world.fleet.ownerOf(number)?.id ?? null);
}
