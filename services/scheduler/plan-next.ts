import type { TaskKind, TaskStatus } from '#shared/contracts/task.ts';

/** What the barrier needs to know of a task. */
export interface PlannedTask {
  readonly kind: TaskKind;
  readonly stream: string;
  readonly status: TaskStatus;
  /** Back from an earlier ending by a retry of the run; it waits until the barrier lets it go on. */
  readonly held?: boolean;
}

/** A task to insert next. Extract tasks are planned apart, from the streams' slices. */
export interface NextTask {
  readonly kind: 'load' | 'merge' | 'models';
  /** `''` for `models`. */
  readonly stream: string;
}

/** A stream of a run. */
export interface PlannedStream {
  readonly name: string;
  /** Its slices are asked for at its source, shard by shard. */
  readonly isListed: boolean;
}

export type NextStep =
  | { readonly step: 'wait' }
  | { readonly step: 'insert'; readonly tasks: readonly NextTask[] }
  | { readonly step: 'close' };

const FINAL: ReadonlySet<TaskStatus> = new Set(['succeeded', 'no_changes', 'failed', 'skipped', 'cancelled']);

const isFinal = (task: PlannedTask): boolean => FINAL.has(task.status);

/**
 * The barrier of a run: which tasks come next, given those there are.
 *
 * Per stream: load once every slice is done or given up, merge once the load is done; models once every stream's
 * chain has ended, however it ended, because a failed slice never stops the others (invariant 7).
 *
 * A task that a retry holds is planned as if it were not there: inserting it means letting it go.
 *
 * @param streams of the run. One whose slices are listed by its source has extract tasks once a shard was discovered.
 * @param buildsModels whether the run has layers above bronze.
 */
export function planNext(
  streams: readonly PlannedStream[],
  buildsModels: boolean,
  all: readonly PlannedTask[],
): NextStep {
  const tasks = all.filter(({ held }) => held !== true);
  const discovering = tasks.some((task) => task.kind === 'discover' && !isFinal(task));
  const insert = streams
    .filter(({ isListed }) => !(isListed && discovering))
    .flatMap(({ name }) =>
      nextOfStream(
        name,
        tasks.filter((task) => task.stream === name),
      ),
    );
  if (insert.length > 0) return { step: 'insert', tasks: insert };
  if (!tasks.every(isFinal)) return { step: 'wait' };
  const hasModels = tasks.some((task) => task.kind === 'models');
  if (buildsModels && !hasModels) return { step: 'insert', tasks: [{ kind: 'models', stream: '' }] };
  return { step: 'close' };
}

function nextOfStream(stream: string, tasks: readonly PlannedTask[]): NextTask[] {
  const extracts = tasks.filter((task) => task.kind === 'extract');
  if (extracts.length === 0 || !extracts.every(isFinal)) return [];
  const load = tasks.find((task) => task.kind === 'load');
  if (load === undefined) return [{ kind: 'load', stream }];
  const loaded = load.status === 'succeeded' || load.status === 'no_changes';
  if (!loaded || tasks.some((task) => task.kind === 'merge')) return [];
  return [{ kind: 'merge', stream }];
}

/**
 * The status a run closes with. Nothing is green that isn't: one task that failed, or one slice whose result
 * says it is incomplete, makes the run `partial`; nothing achieved makes it `failed`.
 *
 * @param incomplete true when a file was quarantined, a bound was held back too long, or models were withheld.
 */
export function closingStatus(
  tasks: readonly PlannedTask[],
  incomplete: boolean,
): 'succeeded' | 'no_changes' | 'partial' | 'failed' {
  const bad = tasks.filter((task) => task.status === 'failed' || task.status === 'cancelled');
  const good = tasks.filter((task) => task.status === 'succeeded' || task.status === 'no_changes');
  if (bad.length > 0 && !achievedSomething(tasks, good)) return 'failed';
  if (bad.length > 0 || incomplete) return 'partial';
  // Rows may have been read again and found equal: what was merged or built decides.
  const effects = tasks.filter((task) => task.kind !== 'extract');
  return effects.length > 0 && effects.every((task) => task.status === 'no_changes')
    ? 'no_changes'
    : 'succeeded';
}

/** A run whose every extract failed, or whose models failed, brought its users nothing. */
function achievedSomething(tasks: readonly PlannedTask[], good: readonly PlannedTask[]): boolean {
  const models = tasks.find((task) => task.kind === 'models');
  if (models?.status === 'failed') return false;
  return good.some((task) => task.kind === 'merge' || task.kind === 'noop');
}
