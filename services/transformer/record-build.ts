import type { TaskRef } from '#shared/contracts/task.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import {
  finishModelRun,
  type Publication,
  publishModelVersions,
  startModelRun,
} from '#shared/ledger/model-runs.ts';
import { recordTestResults } from '#shared/ledger/test-results.ts';
import type { BuildResult, ModelResult } from '#shared/models/build/build-request.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import { testResultOf } from './test-result-of.ts';

/** Writes what a build did to the ledger: model runs, test results, and the versions of what was published. */
export async function recordBuild(
  ledger: Ledger,
  ref: TaskRef,
  project: LoadedProject,
  asOf: string,
  state: ModelVersions,
  result: BuildResult,
): Promise<void> {
  for (const model of result.models) await recordModel(ledger, ref, project, asOf, model);
  const tests = result.models.flatMap(({ name, layer, tests: all }) =>
    all.map((test) => testResultOf(test, name, layer)),
  );
  if (tests.length > 0) await recordTestResults(ledger, ref, tests);
  const publications = publicationsOf(state, result);
  if (publications.length > 0) await publishModelVersions(ledger, ref, publications);
}

async function recordModel(
  ledger: Ledger,
  ref: TaskRef,
  project: LoadedProject,
  asOf: string,
  { name, layer, status, reason, rows, startedAt, ms }: ModelResult,
): Promise<void> {
  const materialization = project.graph.models.get(name)?.config.materialized ?? 'unknown';
  const id = await startModelRun(ledger, ref, { model: name, layer, materialization, asOf });
  const took = startedAt === null ? {} : { took: { startedAt, ms } };
  if (status === 'published') {
    await finishModelRun(ledger, ref, id, {
      status: 'succeeded',
      ...(rows === null ? {} : { rowsAffected: rows }),
      ...took,
    });
  } else if (status === 'skipped') {
    await finishModelRun(ledger, ref, id, { status: 'skipped' });
  } else {
    const error = { code: `MODEL_${status.toUpperCase()}`, message: reason, actor: 'author' };
    await finishModelRun(ledger, ref, id, { status: 'failed', error, ...took });
  }
}

/**
 * The ledger counts versions by itself, one up with each publication, so an input that this build published too stands
 * at one more than before; any other as it was read before the build, which may have been an earlier attempt's: by now
 * another run may have raised it.
 */
function publicationsOf(state: ModelVersions, { models, newState }: BuildResult): Publication[] {
  const published = new Set(models.filter(({ status }) => status === 'published').map(({ name }) => name));
  const versionOf = (input: string, read: string): string =>
    published.has(input) ? String(BigInt(state[input]?.version ?? '0') + 1n) : read || '0';
  return [...published].flatMap((model) => {
    const made = newState[model];
    if (made === undefined) return [];
    const inputs = Object.entries(made.inputVersions).map(
      ([input, read]) => [input, versionOf(input, read)] as const,
    );
    const asOf = made.asOf === null ? {} : { asOf: made.asOf };
    return [{ model, inputVersions: Object.fromEntries(inputs), sqlChecksum: made.sqlChecksum, ...asOf }];
  });
}
