/** What a shard can be asked; scenarios and counters name endpoints like this. */
export const ENDPOINTS = [
  'token',
  'customers',
  'hierarchy',
  'states',
  'aggregates',
  'device-aggregates',
] as const;

export type Endpoint = (typeof ENDPOINTS)[number];
