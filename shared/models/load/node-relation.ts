import type { RelationName } from '#shared/contracts/names.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import type { Value } from '#shared/template/values/value.ts';
import { configDictionary } from '../artifacts/config-dictionary.ts';
import { namesOf } from '../compile/context.ts';
import type { NodeScope } from '../compile/render-scope.ts';
import { listOf } from '../project/config-tree.ts';
import { textOr } from '../project/read-yaml.ts';
import type { Loading } from './loading.ts';
import { parseScope } from './parse-scope.ts';
import { isUsual, usualAlias, usualSchema } from './usual-names.ts';

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
  const ownSchema = scope.resourceType === 'snapshot' ? textOr(scope.config['target_schema'], '') : '';
  const schema = (): string =>
    isUsual('generate_schema_name', loading)
      ? usualSchema(customSchema, loading).trim()
      : byMacro('generate_schema_name', { custom_schema_name: customSchema ?? null }, scope, loading);
  return {
    schema: ownSchema || schema(),
    name: isUsual('generate_alias_name', loading)
      ? usualAlias(customAlias, scope).trim()
      : byMacro('generate_alias_name', { custom_alias_name: customAlias ?? null }, scope, loading),
  };
}

/**
 * The database a node asks for by `database` (an old-style snapshot by `target_database`), as `generate_database_name` makes it; undefined
 * for the target's.
 */
export function databaseOf(scope: NodeScope, loading: Loading): string | undefined {
  const { database } = loading.scope.target;
  const isSnapshot = scope.resourceType === 'snapshot';
  const ownKey =
    isSnapshot && textOr(scope.config['target_database'], '') !== '' ? 'target_database' : 'database';
  const custom = textOr(scope.config[ownKey], '') || undefined;
  const made =
    ownKey === 'target_database' || isUsual('generate_database_name', loading)
      ? (custom?.trim() ?? database)
      : byMacro('generate_database_name', { custom_database_name: custom ?? null }, scope, loading);
  return made === database ? undefined : made;
}

/** What a project's own rule answers. @param custom what the node's configuration says, by the macro's name for it. */
export function byMacro(
  macro: string,
  custom: Readonly<Record<string, Value>>,
  scope: NodeScope,
  loading: Loading,
): string {
  const names = namesOf(parseScope(loading.scope, scope, [], undefined));
  const node = nodeForRules(scope);
  const kwargs = new Map([...Object.entries(custom), ['node', node] as const]);
  const text = loading.scope.library.call(macro, loading.own.name, kwargs, names);
  return typeof text === 'string' ? text.trim() : '';
}

/** A node as the macros for names are given it. */
export function nodeForRules(scope: NodeScope): Value {
  return fromHost({
    name: scope.name,
    version: scope.version ?? null,
    resource_type: scope.resourceType,
    unique_id: scope.uniqueId,
    fqn: [...scope.fqn],
    tags: [...new Set(listOf(scope.config['tags']))],
    meta: scope.config['meta'] ?? {},
    config: configDictionary(scope.resourceType, scope.config),
    unrendered_config: scope.config,
    package_name: scope.packageName,
    path: scope.originalFile,
    original_file_path: scope.originalFile,
  });
}
