import type { LocalPlatform, RunningServices } from '../local-platform.ts';
import type { DemoRun } from './demo-outcome.ts';
import type { LateCommit } from './late-commit.ts';

export interface DemoOptions {
  readonly companies: number;
  readonly installments: number;
  readonly seed: number;
  readonly queue: 'postgres' | 'redis';
  readonly once?: boolean;
  readonly json?: boolean;
}

/** What the steps of a demo hand on. */
export interface DemoState {
  readonly options: DemoOptions;
  readonly platform: LocalPlatform;
  /** They start while the OLTP is filled. */
  readonly services: Promise<RunningServices>;
  readonly logPath: string;
  readonly signal: AbortSignal;
  /** Instants the runs are asked for: the day before, and today. */
  readonly firstDay: Date;
  readonly runs: DemoRun[];
  /** From the command to the first gold table. */
  firstGoldMs: number;
  late: LateCommit | undefined;
}
