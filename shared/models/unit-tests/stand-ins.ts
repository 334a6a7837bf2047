import { PenstockError } from '#shared/errors/penstock-error.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import type { AdapterConnection } from '../adapter/adapter.ts';
import {
  openOperation,
  publishedResolution,
  type Resolution,
  scopeOfNode,
} from '../compile/compile-model.ts';
import { namesOf } from '../compile/context.ts';
import type { NodeScope, RunScope } from '../compile/render-scope.ts';
import { type Cte, cteName } from '../compile/with-ctes.ts';
import { modelErrors } from '../errors.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { FixtureRows, UnitTestInput, UnitTestNode } from '../project/other-resources.ts';
import type { ModelNode, SourceNode } from '../project/project.ts';

/** What stands in for the inputs of one unit test, by the unique id of the node that is read; `this` for the model itself. */
export type StandIns = ReadonlyMap<string, Cte>;

/** What making and running a unit test needs. */
export interface UnitTestRun {
  readonly project: LoadedProject;
  readonly test: UnitTestNode;
  readonly connection: AdapterConnection;
  readonly run: RunScope;
  /** Where relations stand whose columns give fixtures their types; those deferred to, where that is asked for. */
  readonly resolution?: Resolution;
}

/**
 * Queries of a unit test's rows, each typed as the relation it stands for.
 *
 * @throws TemplateError when that relation does not stand, or a row has a column that it has not; PenstockError `UNIT_TEST_INPUT_UNKNOWN`.
 */
export async function standInsOf(work: UnitTestRun): Promise<StandIns> {
  const standIns = new Map<string, Cte>();
  for (const given of work.test.given) {
    const read = nodeOf(work, given);
    const sql = await fixtureSql(work, read.scope, given.rows);
    standIns.set(given.kind === 'this' ? 'this' : read.id, { name: cteName(read.name), sql });
  }
  return standIns;
}

interface ReadNode {
  readonly id: string;
  /** What its common table expression is called after. */
  readonly name: string;
  readonly scope: NodeScope;
}

function nodeOf(
  { project, test, resolution = publishedResolution }: UnitTestRun,
  given: UnitTestInput,
): ReadNode {
  const { graph } = project;
  const key = given.kind === 'this' ? test.model : given.key;
  const source = given.kind === 'source' && key !== undefined ? graph.sources.get(key) : undefined;
  if (source !== undefined) return readSource(source, resolution);
  const model = key === undefined ? undefined : graph.models.get(key);
  if (model === undefined)
    throw new PenstockError(modelErrors.unitTestInput, { test: test.name, input: given.input });
  return readModel(project, model, resolution);
}

const readModel = ({ graph }: LoadedProject, model: ModelNode, resolution: Resolution): ReadNode => ({
  id: model.uniqueId,
  name: model.version === undefined ? model.name : `${model.name}_v${model.version.replaceAll('.', '_')}`,
  scope: scopeOfNode(graph, model, resolution.resolveRef(model)),
});

function readSource(source: SourceNode, resolution: Resolution): ReadNode {
  const { uniqueId, packageName, name, fqn, rawConfig, properties } = source;
  const place = { file: properties.file, originalFile: properties.file };
  return {
    id: uniqueId,
    name: name.replaceAll('.', '__'),
    scope: {
      ...{ name: name.split('.').at(-1) ?? name, packageName, uniqueId, fqn, ...place },
      ...{ version: undefined, resourceType: 'source', config: rawConfig },
      relation: resolution.resolveSource(source),
    },
  };
}

/** SQL as written, rendered; rows by the macro that a project may have of its own. */
async function fixtureSql(
  { project, connection, run }: UnitTestRun,
  scope: NodeScope,
  rows: FixtureRows,
): Promise<string> {
  const { render, scope: opened } = openOperation(project, scope, {
    run,
    ...publishedResolution,
    connection,
  });
  if (rows.format === 'sql') return (await render(rows.sql)).trim();
  const { library } = project.scope;
  const macro = 'get_fixture_sql';
  const args = [fromHost(rows.rows), null];
  const text = await library.callEntry(
    library.find(macro, scope.packageName),
    macro,
    args,
    new Map(),
    namesOf(opened),
  );
  return typeof text === 'string' ? text.trim() : '';
}
