import { createHash } from 'node:crypto';
import type { RelationName } from '#shared/contracts/names.ts';
import { type Place, relationValue } from '../compile/relation-value.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { Call, ModelNode, ProjectGraph, TestNode } from '../project/project.ts';
import { columnsDictionary } from './column-dictionary.ts';
import { configDictionary, type Dictionary } from './config-dictionary.ts';
import { innerPath, ownFile } from './inner-path.ts';
import { macroId, macrosOf } from './macro-references.ts';
import { testMetadata } from './test-metadata.ts';
import { testTags } from './test-tags.ts';
import { unrenderedConfig } from './unrendered-config.ts';

/**
 * A model, seed or snapshot as the manifest and the template's `graph.nodes` and `model` have it: keys and order of manifest v12.
 *
 * Plain data; made anew at each call.
 */
export function modelDictionary(project: LoadedProject, node: ModelNode): Dictionary {
  const { graph } = project;
  const entry = node.properties?.entry ?? {};
  const group = entry['group'] ?? node.config.raw['group'] ?? null;
  const access = entry['access'] ?? node.config.raw['access'];
  const declared = { ...node.config.raw, group, ...(access === undefined ? {} : { access }) };
  const config = configDictionary(node.kind, declared);
  const { database } = graph.options.target;
  const ephemeral = node.config.materialized === 'ephemeral';
  return {
    database,
    schema: node.relation.schema,
    name: node.name,
    resource_type: node.kind,
    package_name: node.packageName,
    path: innerPath(graph, node),
    original_file_path: node.originalFile,
    unique_id: node.uniqueId,
    fqn: [...node.fqn],
    alias: node.relation.name,
    checksum: node.seedChecksum ?? { name: 'sha256', checksum: sha256(node.sql.trim()) },
    config,
    tags: config['tags'],
    description: node.description,
    columns: columnsDictionary(node.columns),
    meta: config['meta'],
    group,
    docs: config['docs'],
    patch_path: node.properties ? `${node.packageName}://${node.properties.file}` : null,
    build_path: null,
    unrendered_config: unrenderedConfig(graph, `${node.kind}s`, node, node.config.raw),
    created_at: CREATED_AT,
    relation_name: ephemeral ? null : printedRelation(graph.options.target, node.relation),
    raw_code: node.sql.trim(),
    doc_blocks: [],
    ...(node.kind === 'seed'
      ? { root_path: graph.dir, depends_on: { macros: [] } }
      : { ...readsDictionary(project, node, node.sql), contract: contractOf(config) }),
    ...(node.kind === 'model' ? modelOnly(graph, node, config) : {}),
  };
}

/** A data test as the manifest has it. */
export function testDictionary(project: LoadedProject, node: TestNode): Dictionary {
  const { graph } = project;
  const config = configDictionary('test', node.config.raw);
  const { database, schema } = graph.options.target;
  const originalFile = ownFile(graph, node);
  const folders = innerPath(graph, { originalFile, packageName: node.packageName }).split('/').slice(0, -1);
  const subject = node.subject?.kind === 'ref' ? graph.models.get(node.subject.key) : undefined;
  const path =
    node.sql === undefined
      ? `${node.alias}.sql`
      : innerPath(graph, { originalFile, packageName: node.packageName });
  const fqn = [node.packageName, ...folders, node.name];
  const audit = `${schema}_${String(config['schema'])}`;
  const stored = config['store_failures'] === true;
  return {
    database,
    schema: audit,
    name: node.name,
    resource_type: 'test',
    package_name: node.packageName,
    path,
    original_file_path: originalFile,
    unique_id: node.uniqueId,
    fqn,
    alias: node.alias,
    checksum:
      node.sql === undefined
        ? { name: 'none', checksum: '' }
        : { name: 'sha256', checksum: sha256(node.sql.trim()) },
    config,
    tags: testTags(graph, node),
    description: '',
    columns: {},
    meta: config['meta'],
    group: subject?.properties?.entry['group'] ?? null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: unrenderedConfig(
      graph,
      'tests',
      { packageName: node.packageName, fqn },
      node.config.raw,
    ),
    created_at: CREATED_AT,
    relation_name: stored ? printedRelation(graph.options.target, { schema: audit, name: node.alias }) : null,
    raw_code:
      node.sql?.trim() ?? `{{ test_${node.test.split('.').at(-1) ?? ''}(**_dbt_generic_test_kwargs) }}`,
    doc_blocks: [],
    ...readsDictionary(project, node, node.sql),
    contract: NO_CONTRACT,
    ...(node.sql === undefined ? genericOnly(graph, node, subject) : {}),
  };
}

function genericOnly(graph: ProjectGraph, node: TestNode, subject: ModelNode | undefined): Dictionary {
  return {
    column_name: node.column ?? null,
    file_key_name: fileKeyOf(graph, node),
    attached_node: subject?.uniqueId ?? null,
    test_metadata: testMetadata(node),
  };
}

/** Seconds since 1970 at which this process began: parsing has no instant of its own for each file. */
const CREATED_AT = Date.now() / 1_000;

const NO_CONTRACT: Dictionary = { enforced: false, alias_types: true, checksum: null };

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** `"database"."schema"."name"`, quoted as the project says. */
export const printedRelation = (place: Place, relation: RelationName): string =>
  relationValue(relation, { ...place, printDatabase: true }).toText();

function readsDictionary(
  project: LoadedProject,
  node: {
    refs: readonly string[];
    sources: readonly string[];
    calls?: readonly Call[];
    packageName: string;
    file: string;
    test?: string;
  },
  sql: string | undefined,
): Dictionary {
  const { graph } = project;
  const models = node.refs.flatMap((key) => graph.models.get(key) ?? []);
  const sources = node.sources.flatMap((key) => graph.sources.get(key) ?? []);
  return {
    language: 'sql',
    refs:
      node.calls?.filter(({ kind }) => kind === 'ref').map(refOf) ??
      models.map(({ name, version }) => ({ name, package: null, version: version ?? null })),
    sources: sources.map(({ name, uniqueId }) => [
      uniqueId.split('.')[2] ?? name,
      name.slice(name.indexOf('.') + 1),
    ]),
    metrics: [],
    depends_on: {
      macros: sql === undefined ? testMacros(project, node) : macrosOf(project, sql, node),
      nodes: [...sources, ...models].map(({ uniqueId }) => uniqueId),
    },
    compiled_path: null,
  };
}

/** A generic test is its macro. */
function testMacros({ scope }: LoadedProject, node: { test?: string; packageName: string }): string[] {
  const entry = node.test === undefined ? undefined : scope.library.test(node.test, node.packageName);
  return entry === undefined ? [] : [macroId(entry)];
}

function refOf({ args, version }: Call): Dictionary {
  return {
    name: args.at(-1) ?? '',
    package: args.length > 1 ? (args[0] ?? null) : null,
    version: version ?? null,
  };
}

function modelOnly(graph: ProjectGraph, node: ModelNode, config: Dictionary): Dictionary {
  const entry = node.properties?.entry ?? {};
  const versions = [...graph.models.values()].filter(
    ({ name, packageName }) => name === node.name && packageName === node.packageName,
  );
  const latest =
    node.version === undefined
      ? null
      : (versions.find(({ isLatestVersion }) => isLatestVersion)?.version ?? null);
  return {
    access: entry['access'] ?? config['access'] ?? 'protected',
    constraints: entry['constraints'] ?? [],
    version: node.version ?? null,
    latest_version: latest,
    deprecation_date: entry['deprecation_date'] ?? null,
    primary_key: [],
    time_spine: null,
  };
}

function contractOf(config: Dictionary): Dictionary {
  const contract = config['contract'];
  return { ...NO_CONTRACT, ...(typeof contract === 'object' ? contract : {}) };
}

function fileKeyOf(graph: ProjectGraph, { subject }: TestNode): string | null {
  if (subject === undefined) return null;
  if (subject.kind === 'source') return `sources.${subject.name.split('.')[0] ?? ''}`;
  return `${graph.models.get(subject.key)?.kind ?? 'model'}s.${subject.name}`;
}
