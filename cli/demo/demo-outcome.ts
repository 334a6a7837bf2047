import type { TaskStatus } from '#shared/contracts/task.ts';

/** What a run brought to one stream. */
export interface StreamOutcome {
  readonly stream: string;
  readonly mode: string;
  readonly rowsRead: number;
  readonly rejectedRows: number;
  readonly inserted: number;
  readonly updated: number;
  readonly merge: TaskStatus | 'none';
  readonly heldBackMs: number;
  readonly heldBackBy: string | null;
}

/** A closed run of the demo. */
export interface DemoRun {
  readonly title: string;
  readonly runId: string;
  readonly status: string;
  readonly asOf: string;
  readonly durationMs: number;
  readonly streams: readonly StreamOutcome[];
}
