import type { ClaimedTask } from '#shared/contracts/task.ts';
import type { Run } from '#shared/ledger/runs.ts';
import type { ObjectStreamDeclaration } from '#shared/pipeline/objects-declaration.ts';
import type { ObjectSource } from '#shared/sources/objects/object-source.ts';

/** A stream of objects being read by one attempt. */
export interface ObjectsAttempt {
  readonly task: ClaimedTask;
  readonly run: Run;
  readonly stream: ObjectStreamDeclaration;
  readonly source: ObjectSource;
  /** Folder of this attempt alone. */
  readonly workDir: string;
  readonly signal: AbortSignal;
}
