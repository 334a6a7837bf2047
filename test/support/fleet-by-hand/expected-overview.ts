import type { Customer } from '#dev/shard-api/fleet/fleet.ts';
import type { Snapshot } from './expected-bronze.ts';
import { instant, type Row } from './read-rows.ts';
import type { FleetTruth } from './truth.ts';

/** How a day ended for each stream of the fleet. */
export interface DayEnd {
  /** Every snapshot of states, oldest first. */
  readonly snapshots: readonly Snapshot[];
  /** The day whose aggregates came last, `YYYY-MM-DD`. */
  readonly aggregatesOf: string;
  /** Evaluations came, but for a broken object. */
  readonly hasEvaluations: boolean;
}

/** `gold.slice_status` without the columns of {@link OF_A_RUN}. */
export function goldStatus(truth: FleetTruth, end: DayEnd): Row[] {
  const ofCustomers = truth.fleet.customers.flatMap((customer) => [
    statesStatus(truth, customer, end),
    { ...base('hierarchy', customer), ...fresh(customer.size), newest_event_at: null },
    {
      ...base('daily_aggregates', customer),
      ...fresh(customer.size),
      newest_event_at: `${end.aggregatesOf}T00:00:00+00:00`,
    },
  ]);
  const whole = { slice: '', shard: 'main', customer_id: '', newest_event_at: null, ...fresh(null) };
  const registry = { stream: 'battery_registry', ...whole };
  const evaluations = { stream: 'battery_evaluations', ...whole, status: 'incomplete' };
  return [...ofCustomers, registry, ...(end.hasEvaluations ? [evaluations] : [])];
}

/** Columns that say when a run wrote the status, and in its words why. */
export const OF_A_RUN: readonly string[] = ['run_id', 'updated_at', 'last_success_at', 'reason'];

/** How the states of a customer stand. */
function statesStatus(truth: FleetTruth, customer: Customer, { snapshots }: DayEnd): Row {
  const newest = snapshots.flatMap(({ stateOf }) =>
    truth.places
      .filter((place) => place.customer.id === customer.id)
      .map((place) => Date.parse(stateOf(place)?.last_seen ?? '')),
  );
  const known = newest.filter((atMs) => !Number.isNaN(atMs));
  const last = snapshots.at(-1);
  const [any] = truth.places.filter((place) => place.customer.id === customer.id);
  const isReached = any !== undefined && last?.stateOf(any) !== undefined;
  return {
    ...base('device_states', customer),
    ...fresh(customer.size),
    ...(isReached ? {} : { status: 'stale', answered_entities: 0 }),
    newest_event_at: known.length === 0 ? null : instant(Math.max(...known)),
  };
}

const base = (stream: string, { id, shard }: Customer): Row => ({
  ...{ stream, slice: `${shard}/${id}`, shard, customer_id: id },
});

const fresh = (devices: number | null): Row => ({
  ...{ status: 'fresh', expected_entities: devices, answered_entities: devices },
});

/** `gold.customer_overview` of figures and statuses, without the columns of {@link OF_A_RUN}. */
export const goldOverview = (figures: readonly Row[], statuses: readonly Row[]): Row[] =>
  figures.map((figure) => {
    const isOwn = (row: Row): boolean =>
      row['stream'] === 'device_states' && row['customer_id'] === figure['customer_id'];
    const status = statuses.find(isOwn) ?? {};
    return {
      ...figure,
      situation: situationOf(figure, status),
      slice_status: status['status'],
      devices_expected: status['expected_entities'],
      devices_answered: status['answered_entities'],
      newest_last_seen: status['newest_event_at'],
    };
  });

function situationOf(figure: Row, status: Row): string {
  if (status['status'] !== 'fresh') return 'not reached';
  return figure['devices_online'] === 0 ? 'all off' : 'reached';
}
