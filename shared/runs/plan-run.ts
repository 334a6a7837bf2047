import { runIdOf } from '#shared/contracts/names.ts';
import type { RunKind } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import { calendarDay } from './calendar-day.ts';
import { runErrors } from './errors.ts';
import { type Beginning, beginningOf } from './slices-of.ts';

/** What somebody, or a schedule, asks for. */
export interface RunRequest {
  readonly kind: Extract<RunKind, 'scheduled' | 'manual' | 'full_refresh'>;
  /** Name of a schedule, for its streams, layers and zone; undefined takes every stream and layer. */
  readonly schedule?: string;
  /** Narrows the streams. */
  readonly streams?: readonly string[];
  readonly logicalTime: Date;
  /** `YYYY-MM-DD`; default the day of the logical time in the schedule's zone. */
  readonly asOf?: string;
  /** Two requests with one key are one run. */
  readonly idempotencyKey?: string;
}

/** Everything a run will do, decided before anything is done; `penstock plan` prints it, the scheduler inserts it. */
export interface RunPlan extends Beginning {
  readonly runId: string;
  readonly pipeline: string;
  readonly kind: RunRequest['kind'];
  readonly schedule: string | null;
  readonly logicalTime: string;
  readonly asOf: string;
  readonly ingestionDate: string;
  readonly streams: readonly string[];
  readonly layers: readonly string[];
  readonly idempotencyKey: string | null;
}

const ALL_LAYERS = ['silver', 'gold'];
/** Runs outside a schedule take the day of this zone. */
const DEFAULT_TZ = 'UTC';

/**
 * Plans a run. Pure: the same request gives the same plan, run id included.
 *
 * @throws PenstockError RUN_UNKNOWN_PART when the pipeline has no such stream or schedule.
 */
export function planRun(pipeline: PipelineDeclaration, request: RunRequest): RunPlan {
  const schedule = scheduleOf(pipeline, request.schedule);
  const streams = streamsOf(pipeline, request.streams ?? schedule?.streams ?? Object.keys(pipeline.streams));
  const tz = schedule?.tz ?? soleZoneOf(pipeline);
  const logicalTime = request.logicalTime.toISOString();
  return {
    runId: runIdOf({
      pipeline: pipeline.name,
      kind: request.kind === 'scheduled' ? 'scheduled' : 'manual',
      schedule: request.schedule ?? '',
      logicalTime: request.idempotencyKey === undefined ? logicalTime : '',
      discriminator: request.idempotencyKey ?? '',
    }),
    pipeline: pipeline.name,
    kind: request.kind,
    schedule: request.schedule ?? null,
    logicalTime,
    asOf: request.asOf ?? calendarDay(tz, request.logicalTime),
    ingestionDate: calendarDay('UTC', request.logicalTime),
    streams,
    layers: schedule?.layers ?? ALL_LAYERS,
    ...beginningOf(pipeline, streams),
    idempotencyKey: request.idempotencyKey ?? null,
  };
}

function scheduleOf(pipeline: PipelineDeclaration, name: string | undefined) {
  if (name === undefined) return undefined;
  // Own names only: `constructor` is no schedule.
  const found = Object.hasOwn(pipeline.schedules, name) ? pipeline.schedules[name] : undefined;
  if (found !== undefined) return found;
  throw unknownPart(pipeline, 'schedule', name, Object.keys(pipeline.schedules));
}

function streamsOf(pipeline: PipelineDeclaration, names: readonly string[]): string[] {
  for (const name of names) {
    if (!Object.hasOwn(pipeline.streams, name)) {
      throw unknownPart(pipeline, 'stream', name, Object.keys(pipeline.streams));
    }
  }
  return [...new Set(names)].sort();
}

/** Schedules of one pipeline nearly always share a zone; where they do not, UTC is at least plain. */
function soleZoneOf(pipeline: PipelineDeclaration): string {
  const zones = new Set(Object.values(pipeline.schedules).map((schedule) => schedule.tz));
  const [only] = zones;
  return zones.size === 1 && only !== undefined ? only : DEFAULT_TZ;
}

function unknownPart(
  pipeline: PipelineDeclaration,
  what: string,
  name: string,
  known: string[],
): PenstockError {
  return new PenstockError(runErrors.unknownPart, {
    pipeline: pipeline.name,
    what,
    name,
    known: known.join(', '),
  });
}
