import type { RelationName } from '#shared/contracts/names.ts';
import type { Value } from '#shared/template/values/value.ts';
import { namesOf } from '../compile/context.ts';
import { BUILT_IN_PACKAGE } from '../compile/macro-library.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { testScope } from '../load/load-tests.ts';
import { nodeForRules } from '../load/node-relation.ts';
import { parseScope } from '../load/parse-scope.ts';
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
  return { relation: testRelation(project, test), kind: as === 'view' ? 'view' : 'table' };
}

/** Where a test's failing rows would be kept, by the project's own rules for names; a package's hold for its own tests. */
export function testRelation(project: LoadedProject, test: TestNode): RelationName {
  const { schema } = project.graph.options.target;
  const { raw } = test.config;
  const custom = textOr(raw['schema'], AUDIT_SCHEMA);
  const alias = textOr(raw['alias'], test.alias === test.name ? '' : test.alias) || null;
  return {
    schema:
      byRule(project, test, 'generate_schema_name', ['custom_schema_name', custom]) ?? `${schema}_${custom}`,
    name: byRule(project, test, 'generate_alias_name', ['custom_alias_name', alias]) ?? alias ?? test.name,
  };
}

/** What an own rule answers; undefined where the usual one holds. */
function byRule(
  project: LoadedProject,
  test: TestNode,
  rule: string,
  [parameter, value]: readonly [string, string | null],
): string | undefined {
  const { library, target } = project.scope;
  const called = library.find(rule, test.packageName);
  const dispatched = library.dispatched(rule, BUILT_IN_PACKAGE, target.type, test.packageName);
  if ([called, dispatched].every((entry) => entry?.packageName === BUILT_IN_PACKAGE)) return undefined;
  const node = testScope(test, project.graph.options.target.schema);
  const scope = project.scopes.get(test.packageName) ?? project.scope;
  const names = namesOf(parseScope(scope, node, [], undefined));
  const kwargs = new Map<string, Value>([
    [parameter, value],
    ['node', nodeForRules(node)],
  ]);
  return String(library.call(rule, test.packageName, kwargs, names)).trim();
}
