import type { RunScope } from '../compile/render-scope.ts';
import type { SourceAge } from '../freshness/measure-source.ts';
import type { FreshnessResult } from '../freshness/measure-sources.ts';
import { artifactMetadata } from './artifact-metadata.ts';
import type { Dictionary } from './config-dictionary.ts';
import { timingDictionaries } from './run-results.ts';

/** Measurings of source tables as `sources.json` (v3) tells them. */
export interface SourcesInput {
  readonly run: RunScope;
  readonly results: readonly FreshnessResult[];
  readonly elapsedMs: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The instant that stands for "never": the original's `datetime.min`. */
const NEVER = '0001-01-01T00:00:00Z';

/** What could not be measured is left out, as in the original (`FreshnessExecutionResultArtifact.from_result`). */
export function sourcesOf({ run, results, elapsedMs, env }: SourcesInput): Dictionary {
  return {
    metadata: artifactMetadata('sources', run, env),
    results: results.flatMap((result) =>
      result.age === undefined ? [] : [measuredDictionary(result, result.age)],
    ),
    elapsed_time: elapsedMs / 1_000,
  };
}

function measuredDictionary(result: FreshnessResult, age: SourceAge): Dictionary {
  const { maxLoadedAt, snapshottedAt, ageSeconds, response } = age;
  return {
    unique_id: result.uniqueId,
    max_loaded_at: maxLoadedAt ?? NEVER,
    snapshotted_at: snapshottedAt,
    max_loaded_at_time_ago_in_s: Number.isFinite(ageSeconds)
      ? ageSeconds
      : (Date.parse(snapshottedAt) - Date.parse(NEVER)) / 1_000,
    status: result.status,
    criteria: result.source.criteria,
    adapter_response:
      response === null
        ? {}
        : { _message: response.message, code: response.code, rows_affected: response.rowsAffected ?? -1 },
    timing: timingDictionaries(result),
    thread_id: result.threadId,
    execution_time: result.executionMs / 1_000,
  };
}
