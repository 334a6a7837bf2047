import { fromHost } from '#shared/template/values/from-host.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { nodesOf } from '../artifacts/manifest.ts';
import { resultDictionary, timingDictionaries } from '../artifacts/run-results.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { NodeResult } from './node-result.ts';
import { relationOfWork } from './relation-of-work.ts';
import { RecordValue } from './result-value.ts';
import type { Work } from './work.ts';

/**
 * What only hooks at the end of a run see (`task/run.py`, `after_run`): `results`, `schemas` and `database_schemas`, the latter two of models
 * that were built.
 */
export function endOfRunNames(
  project: LoadedProject,
  works: ReadonlyMap<string, Work>,
  results: readonly NodeResult[],
): Map<string, Value> {
  const { database } = project.graph.options.target;
  const schemas = new Set<string>();
  for (const { uniqueId, status } of results) {
    const work = works.get(uniqueId);
    if (work === undefined || ['error', 'fail', 'skipped'].includes(status)) continue;
    const relation = relationOfWork(project, work, false);
    if (relation !== undefined) schemas.add(relation.schema);
  }
  return new Map<string, Value>([
    ['results', resultsValue(project, results)],
    ['schemas', fromHost([...schemas])],
    ['database_schemas', new ListValue([...schemas].map((schema) => new TupleValue([database, schema])))],
  ]);
}

/** Hooks that went well are left out, as in the original. */
function resultsValue(project: LoadedProject, results: readonly NodeResult[]): Value {
  const nodes = nodesOf(project);
  const shown = results.filter(({ threadId, status }) => threadId !== 'main' || status === 'error');
  return new ListValue(
    shown.map((result) => {
      const { uniqueId, compiledCode } = result;
      const compiled = compiledCode === null ? {} : { compiled: true, compiled_code: compiledCode };
      const node = { unique_id: uniqueId, ...nodes[uniqueId], ...compiled };
      return new RecordValue('RunResult', resultDictionary(result), {
        node: new RecordValue('Node', node),
        timing: timingDictionaries(result).map((step) => new RecordValue('TimingInfo', step)),
      });
    }),
  );
}
