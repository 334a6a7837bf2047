import type { Endpoint } from './endpoint.ts';

/** What was answered, how often. */
export interface CallCount {
  readonly shard: string;
  /** `unknown` where the path is none of the API's. */
  readonly endpoint: Endpoint | 'unknown';
  /** 0 where the connection was cut or nothing was answered. */
  readonly status: number;
  readonly customer: string | null;
  readonly calls: number;
  /** Of bodies. */
  readonly bytes: number;
}

export type CallFilter = Partial<Pick<CallCount, 'shard' | 'endpoint' | 'status' | 'customer'>>;
type Counted = Omit<CallCount, 'calls'>;

/** How a shard is connected to. */
export interface Traffic {
  /** TCP connections accepted so far, the ones that were cut at once included. */
  readonly connections: number;
  /** Most calls that were under way at once. */
  readonly peakInFlight: number;
}

/** Counts calls by shard, endpoint, status and customer. A call is counted before its answer is sent. */
export class CallCounters {
  readonly #counts = new Map<string, CallCount>();
  readonly #traffic = new Map<string, { connections: number; inFlight: number; peakInFlight: number }>();

  record(call: Counted): void {
    const key = `${call.shard} ${call.endpoint} ${call.status} ${call.customer ?? ''}`;
    const before = this.#counts.get(key);
    const bytes = (before?.bytes ?? 0) + call.bytes;
    this.#counts.set(key, { ...call, calls: (before?.calls ?? 0) + 1, bytes });
  }

  /** One line for each combination that occurred. */
  list(filter: CallFilter = {}): CallCount[] {
    const wanted = Object.entries(filter) as [keyof CallFilter, unknown][];
    return [...this.#counts.values()].filter((one) => wanted.every(([name, value]) => one[name] === value));
  }

  /** Calls of all lines that match. */
  total(filter: CallFilter = {}): number {
    return this.list(filter).reduce((total, { calls }) => total + calls, 0);
  }

  traffic(shard: string): Traffic {
    const { connections, peakInFlight } = this.#trafficOf(shard);
    return { connections, peakInFlight };
  }

  /** Starts anew; calls under way stay under way. */
  reset(): void {
    this.#counts.clear();
    for (const traffic of this.#traffic.values()) {
      traffic.connections = 0;
      traffic.peakInFlight = traffic.inFlight;
    }
  }

  connected(shard: string): void {
    this.#trafficOf(shard).connections += 1;
  }

  /** A call begins. @returns what ends it. */
  begin(shard: string): () => void {
    const traffic = this.#trafficOf(shard);
    traffic.inFlight += 1;
    traffic.peakInFlight = Math.max(traffic.peakInFlight, traffic.inFlight);
    return () => {
      traffic.inFlight -= 1;
    };
  }

  #trafficOf(shard: string) {
    const traffic = this.#traffic.get(shard) ?? { connections: 0, inFlight: 0, peakInFlight: 0 };
    this.#traffic.set(shard, traffic);
    return traffic;
  }
}
