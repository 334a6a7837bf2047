import type { Endpoint } from './endpoint.ts';

/** A request, taken apart. */
export interface Call {
  readonly endpoint: Endpoint | 'unknown';
  readonly method: string;
  /** Ids as they were asked for; nobody has looked yet whether they exist. */
  readonly customerId: string | null;
  readonly deviceId: string | null;
  readonly limit: string | null;
  readonly cursor: string | null;
  readonly day: string | null;
}

const ROUTES: readonly (readonly [Endpoint, RegExp])[] = [
  ['token', /^\/oauth\/token$/],
  ['customers', /^\/v1\/customers$/],
  ['hierarchy', /^\/v1\/customers\/(?<customer>[^/]+)\/hierarchy$/],
  ['states', /^\/v1\/customers\/(?<customer>[^/]+)\/devices\/state$/],
  ['aggregates', /^\/v1\/customers\/(?<customer>[^/]+)\/aggregates$/],
  ['device-aggregates', /^\/v1\/devices\/(?<device>[^/]+)\/aggregates$/],
];

/** Takes a request line apart; a path that is no path is an unknown endpoint. */
export function readCall(method: string, target: string): Call {
  const [path = '', query = ''] = target.split('?', 2);
  const params = new URLSearchParams(query);
  const rest = {
    method,
    limit: params.get('limit'),
    cursor: params.get('cursor'),
    day: params.get('day'),
  };
  for (const [endpoint, route] of ROUTES) {
    const match = route.exec(path);
    if (match === null) continue;
    const { customer, device } = match.groups ?? {};
    return { endpoint, ...rest, customerId: decoded(customer), deviceId: decoded(device) };
  }
  return { endpoint: 'unknown', ...rest, customerId: null, deviceId: null };
}

function decoded(part: string | undefined): string | null {
  if (part === undefined) return null;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
