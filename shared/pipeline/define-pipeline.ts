import { CronExpressionParser } from 'cron-parser';
import { configErrors } from '#shared/config/errors.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type {
  CursorDeclaration,
  PipelineDeclaration,
  PostgresSourceDeclaration,
  PostgresStreamDeclaration,
  ScheduleDeclaration,
} from './declaration.ts';
import { sourceProblems, streamProblems } from './stream-problems.ts';

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

type PostgresSourceInput = Optional<PostgresSourceDeclaration, 'marginMs' | 'maxHeldBackMs'>;
type CursorInput = Optional<CursorDeclaration, 'lookBackDays' | 'maxFutureDays' | 'fullCompareEveryDays'>;
type PostgresStreamInput = Optional<
  Omit<PostgresStreamDeclaration, 'cursor' | 'kind'>,
  'maxRejectedRatio' | 'targetFileBytes' | 'version'
> & { readonly cursor: CursorInput };

const MIB = 1024 * 1024;

/** A PostgreSQL source with its defaults: 5 s margin, 30 min held back at most. */
export function postgresSource(input: Omit<PostgresSourceInput, 'kind'>): PostgresSourceDeclaration {
  return { marginMs: 5_000, maxHeldBackMs: 30 * 60_000, ...input, kind: 'postgres' };
}

/**
 * A stream read from a PostgreSQL table by cursor, with its defaults. A cursor the application writes can lie,
 * so it gets a look-back of 7 days and a full comparison every 7 days unless declared otherwise.
 */
export function postgresStream(input: PostgresStreamInput): PostgresStreamDeclaration {
  const lies = input.cursor.setBy === 'application';
  return {
    maxRejectedRatio: 0.01,
    targetFileBytes: 64 * MIB,
    version: lies ? 'ordinal' : 'cursor-then-ordinal',
    ...input,
    kind: 'cursor',
    cursor: {
      lookBackDays: lies ? 7 : 0,
      maxFutureDays: lies ? 366 : 0,
      fullCompareEveryDays: lies ? 7 : null,
      ...input.cursor,
    },
  };
}

/**
 * Declares a pipeline.
 *
 * @throws PenstockError CONFIG_PIPELINE naming every problem at once.
 */
export function definePipeline(declaration: PipelineDeclaration): PipelineDeclaration {
  const problems = [
    ...nameProblems('pipeline', [declaration.name]),
    ...nameProblems('source', Object.keys(declaration.sources)),
    ...nameProblems('stream', Object.keys(declaration.streams)),
    ...nameProblems('schedule', Object.keys(declaration.schedules)),
    ...Object.entries(declaration.sources).flatMap(([name, source]) =>
      sourceProblems(source).map((problem) => `source ${name}: ${problem}`),
    ),
    ...Object.entries(declaration.streams).flatMap(([name, stream]) =>
      streamProblems(declaration, stream).map((problem) => `stream ${name}: ${problem}`),
    ),
    ...Object.entries(declaration.schedules).flatMap(([name, one]) =>
      scheduleProblems(declaration, name, one),
    ),
  ];
  if (problems.length === 0) return Object.freeze(declaration);
  throw new PenstockError(configErrors.pipeline, {
    pipeline: declaration.name,
    problems: problems.join('; '),
  });
}

function nameProblems(what: string, names: readonly string[]): string[] {
  return names
    .filter((name) => !/^[a-z][a-z0-9_]{0,30}$/.test(name))
    .map((name) => `${what} name '${name}' must be lower-case letters, digits and _, at most 31`);
}

function scheduleProblems(of: PipelineDeclaration, name: string, schedule: ScheduleDeclaration): string[] {
  const unknown = schedule.streams
    .filter((stream) => of.streams[stream] === undefined)
    .map((stream) => `schedule ${name}: no stream '${stream}'`);
  try {
    CronExpressionParser.parse(schedule.cron, { tz: schedule.tz }).next();
  } catch (error) {
    unknown.push(`schedule ${name}: ${error instanceof Error ? error.message : 'cron or zone is not valid'}`);
  }
  return unknown;
}
