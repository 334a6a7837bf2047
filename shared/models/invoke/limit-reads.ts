import type { LimitOf } from '../compile/compile-model.ts';
import type { RawConfig } from '../project/config-tree.ts';
import type { RunFlags } from './invocation.ts';
import { sampleWindow } from './sample-window.ts';

/**
 * What `--empty` and `--sample` do to everything a model reads: no rows, or those of a window by the `event_time` of what is read; one without
 * `event_time` is read whole (`context/providers.py`, `resolve_limit`, `resolve_event_time_filter`).
 *
 * @param now ISO instant from which a window such as `3 days` counts back.
 */
export function limitOf({ empty, sample }: RunFlags, now: string): { readonly limitOf?: LimitOf } {
  if (empty) return { limitOf: () => (printed) => `(select * from ${printed} where false limit 0)` };
  if (sample === undefined) return {};
  const { start, end } = sampleWindow(sample, now);
  return {
    limitOf: (read) => {
      const config: RawConfig = 'config' in read ? read.config.raw : read.properties.config;
      const column = config['event_time'];
      if (typeof column !== 'string') return undefined;
      return (printed) => `(select * from ${printed} where ${column} >= '${start}' and ${column} < '${end}')`;
    },
  };
}
