import type { RunScope } from '../compile/render-scope.ts';
import type { NodeResult } from '../invoke/node-result.ts';
import { artifactMetadata } from './artifact-metadata.ts';
import type { Dictionary } from './config-dictionary.ts';

/** An invocation as `run_results.json` (v6) tells it. */
export interface RunResultsInput {
  readonly run: RunScope;
  readonly results: readonly NodeResult[];
  readonly elapsedMs: number;
  /** Flags of the invocation; `which` is the command. Never a secret. */
  readonly args: Dictionary;
  readonly env?: Readonly<Record<string, string>>;
}

export function runResultsOf({ run, results, elapsedMs, args, env }: RunResultsInput): Dictionary {
  return {
    metadata: artifactMetadata('runResults', run, env),
    results: results.map(resultDictionary),
    elapsed_time: elapsedMs / 1_000,
    args,
  };
}

/** Its steps, each with when it began and ended. */
export function timingDictionaries({ timing }: NodeResult): Dictionary[] {
  return timing.map(({ name, startedAt, completedAt }) => ({
    name,
    started_at: startedAt,
    completed_at: completedAt,
  }));
}

/** One result; templates of `on-run-end` see the same in `results`, with the node besides. */
export function resultDictionary(result: NodeResult): Dictionary {
  const { status, message, compiledCode, rowsAffected, batchResults } = result;
  const said = status === 'success' && batchResults === undefined ? message : null;
  return {
    status,
    timing: timingDictionaries(result),
    thread_id: result.threadId,
    execution_time: result.executionMs / 1_000,
    adapter_response: adapterResponse(result.response ?? said, rowsAffected),
    message,
    failures: result.failures,
    unique_id: result.uniqueId,
    compiled: compiledCode === null ? null : true,
    compiled_code: compiledCode,
    relation_name: result.relationName ?? null,
    batch_results: batchResults ?? null,
  };
}

/** `SELECT 12` is what the server said; its first words are the code. */
function adapterResponse(message: string | null, rowsAffected: number | null): Dictionary {
  if (message === null) return {};
  const code = message.replace(/( \d+)+$/, '');
  const count = / (\d+)$/.exec(message)?.[1];
  return {
    _message: message,
    code,
    rows_affected: rowsAffected ?? (count === undefined ? -1 : Number(count)),
  };
}
