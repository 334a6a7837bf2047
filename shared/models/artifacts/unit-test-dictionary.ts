import { createHash } from 'node:crypto';
import { listOf } from '../project/config-tree.ts';
import type { FixtureRows, UnitTestNode } from '../project/other-resources.ts';
import type { ProjectGraph } from '../project/project.ts';
import type { Dictionary } from './config-dictionary.ts';
import { innerPath, ownFile } from './inner-path.ts';
import { CREATED_AT } from './node-dictionary.ts';

/** A unit test as manifest v12 has it. */
export function unitTestDictionary(graph: ProjectGraph, node: UnitTestNode): Dictionary {
  const { uniqueId, packageName, name, modelName, config, overrides, entry } = node;
  const originalFile = ownFile(graph, node);
  const given = node.given.map(({ input, rows }) => ({ input, ...fixtureDictionary(rows) }));
  const expect = fixtureDictionary(node.expect);
  const { macros, vars, envVars } = overrides;
  const hasOverrides = [macros, vars, envVars].some((one) => Object.keys(one).length > 0);
  return {
    model: modelName,
    given,
    expect,
    name,
    resource_type: 'unit_test',
    package_name: packageName,
    path: innerPath(graph, { originalFile, packageName }),
    original_file_path: originalFile,
    unique_id: uniqueId,
    fqn: [...node.fqn],
    description: node.description,
    overrides: hasOverrides ? { macros, vars, env_vars: envVars } : null,
    depends_on: { macros: [], nodes: node.refs.flatMap((key) => graph.models.get(key)?.uniqueId ?? []) },
    config: {
      tags: listOf(config['tags']),
      meta: config['meta'] ?? {},
      enabled: config['enabled'] !== false,
    },
    checksum: createHash('sha256')
      .update(JSON.stringify([modelName, given, expect, overrides]))
      .digest('hex'),
    schema: graph.options.target.schema,
    created_at: CREATED_AT,
    versions: entry['versions'] ?? null,
    version: node.version ?? null,
  };
}

const fixtureDictionary = (rows: FixtureRows): Dictionary => ({
  rows: rows.format === 'sql' ? rows.sql : rows.rows,
  format: rows.format,
  fixture: rows.fixture,
});
