import type { HttpObserver } from '#shared/sources/http/http-source.ts';
import type { Logger } from '#shared/telemetry/logger.ts';
import type { Metrics } from '#shared/telemetry/metrics.ts';

const BREAKER_VALUES = { closed: 0, 'half-open': 0.5, open: 1 } as const;

/** Tells metrics, and the log where a shard goes down or comes back. @param source `<pipeline>/<source>`. */
export function apiObserver(metrics: Metrics, log: Logger, source: string): HttpObserver {
  return {
    callEnded: ({ shard, endpoint, way, outcome, ms, bytes }) => {
      metrics.apiCalls.inc({ source, shard, endpoint, way: way ?? 'none', outcome });
      metrics.apiCallSeconds.observe({ source, shard, endpoint }, ms / 1_000);
      metrics.apiBytes.inc({ source, shard }, bytes);
    },
    breakerChanged: ({ shard, state }) => {
      metrics.apiBreaker.set({ source, shard }, BREAKER_VALUES[state]);
      log[state === 'open' ? 'warn' : 'info']({ source, shard, state }, 'circuit breaker');
    },
    rateWaited: ({ shard, ms }) => metrics.apiRateWaitSeconds.inc({ source, shard }, ms / 1_000),
  };
}
