import type { RelationName } from '#shared/contracts/names.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { openOperation, publishedResolution } from '../compile/compile-model.ts';
import { namesOf } from '../compile/context.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { testScope } from '../load/load-tests.ts';
import { PARSE_RUN } from '../load/parse-scope.ts';
import type { TestNode } from '../project/project.ts';
import { textOr } from '../project/read-yaml.ts';

/** Schema of stored failures, before the project's own rule for names of schemas. */
const AUDIT_SCHEMA = 'dbt_test__audit';

/** Where a test's failing rows are kept. */
export interface StoredFailures {
  readonly relation: RelationName;
  readonly kind: 'table' | 'view';
}

/** Where the failing rows of a test go, undefined when they are not kept. @param always what `--store-failures` says. */
export function storedFailuresOf(
  project: LoadedProject,
  test: TestNode,
  always: boolean,
): StoredFailures | undefined {
  const { raw } = test.config;
  const as = textOr(raw['store_failures_as'], '');
  const isStored =
    as === ''
      ? raw['store_failures'] === true || (always && raw['store_failures'] !== false)
      : as !== 'ephemeral';
  if (!isStored) return undefined;
  const node = testScope(test, project.graph.options.target.schema);
  const { scope } = openOperation(project, node, { run: PARSE_RUN, ...publishedResolution });
  const kwargs = new Map([
    ['custom_schema_name', textOr(raw['schema'], AUDIT_SCHEMA)],
    [
      'node',
      fromHost({
        name: test.name,
        resource_type: 'test',
        config: raw,
        fqn: [...node.fqn],
        package_name: test.packageName,
      }),
    ],
  ] as const);
  const schema = project.scope.library.call(
    'generate_schema_name',
    project.graph.settings.name,
    kwargs,
    namesOf(scope),
  );
  const name = textOr(raw['alias'], test.alias);
  return { relation: { schema: String(schema).trim(), name }, kind: as === 'view' ? 'view' : 'table' };
}
