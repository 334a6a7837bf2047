import type { RelationName } from '#shared/contracts/names.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { namesOf } from '../compile/context.ts';
import type { NodeScope } from '../compile/render-scope.ts';
import { textOr } from '../project/read-yaml.ts';
import type { Loading } from './loading.ts';
import { parseScope } from './parse-scope.ts';

/**
 * Schema and name by the project's own rules: `generate_schema_name` and `generate_alias_name` may be overridden, by a package for
 * its own nodes, else by the root. An old-style snapshot says its schema itself (`parser/base.py`).
 */
export function relationOf(
  scope: NodeScope,
  customSchema: string | undefined,
  customAlias: string | undefined,
  loading: Loading,
): RelationName {
  const names = namesOf(parseScope(loading.scope, scope, [], undefined));
  const node = fromHost({
    name: scope.name,
    version: scope.version ?? null,
    resource_type: scope.resourceType,
    unique_id: scope.uniqueId,
    fqn: [...scope.fqn],
    tags: scope.config['tags'] ?? [],
    config: scope.config,
    unrendered_config: scope.config,
    package_name: scope.packageName,
    path: scope.originalFile,
    original_file_path: scope.originalFile,
  });
  const call = (macro: string, argument: string, custom: string | undefined): string => {
    const kwargs = new Map([
      [argument, custom ?? null],
      ['node', node],
    ]);
    const text = loading.scope.library.call(macro, loading.own.name, kwargs, names);
    return typeof text === 'string' ? text.trim() : '';
  };
  const ownSchema = scope.resourceType === 'snapshot' ? textOr(scope.config['target_schema'], '') : '';
  return {
    schema: ownSchema || call('generate_schema_name', 'custom_schema_name', customSchema),
    name: call('generate_alias_name', 'custom_alias_name', customAlias),
  };
}
