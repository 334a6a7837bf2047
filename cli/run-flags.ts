import type { Command } from 'commander';
import type { RunRequest } from '#shared/runs/plan-run.ts';
import { calendarDate, collected } from './flags.ts';

/** Flags that say what a run is to do; `run` and `plan` have the same. */
export interface RunFlags {
  readonly stream?: readonly string[];
  readonly schedule?: string;
  readonly fullRefresh?: boolean;
  readonly asOf?: string;
  readonly idempotencyKey?: string;
}

/** Adds them. */
export function withRunFlags(command: Command): Command {
  return command
    .argument('<pipeline>', 'name of the pipeline')
    .option('--stream <name>', 'only this stream; may be given several times', collected)
    .option('--schedule <name>', "the streams, layers and zone of one of the pipeline's schedules")
    .option('--full-refresh', 'read everything again and build bronze anew')
    .option(
      '--as-of <date>',
      'day gold is computed for, YYYY-MM-DD; default today in the zone of the schedules',
      calendarDate,
    )
    .option('--idempotency-key <key>', 'two requests with one key are one run');
}

/** The request they make, now. */
export function runRequestOf(flags: RunFlags): RunRequest & { readonly kind: 'manual' | 'full_refresh' } {
  const { stream, schedule, fullRefresh, asOf, idempotencyKey } = flags;
  return {
    kind: fullRefresh === true ? 'full_refresh' : 'manual',
    logicalTime: new Date(),
    ...(stream === undefined ? {} : { streams: stream }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}
