import { createHash } from 'node:crypto';
import type { RelationName } from '#shared/contracts/names.ts';
import { type Place, relationValue } from '../compile/relation-value.ts';
import { testRelation } from '../execute/stored-failures.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { listOf } from '../project/config-tree.ts';
import type { Call, ModelNode, ProjectGraph, TestNode } from '../project/project.ts';
import type { YamlMapping } from '../project/read-yaml.ts';
import { columnsDictionary } from './column-dictionary.ts';
import { configDictionary, type Dictionary } from './config-dictionary.ts';
import { constraintsOf, contractChecksum } from './constraint-dictionary.ts';
import { graphIndex } from './graph-index.ts';
import { innerPath, ownFile } from './inner-path.ts';
import { macroId, macrosOf } from './macro-references.ts';
import { primaryKeyOf } from './primary-key.ts';
import { genericTestCode, ownTestConfig, testConfigDictionary } from './test-config.ts';
import { testMetadata } from './test-metadata.ts';
import { testTags } from './test-tags.ts';
import { ownConfigOf, unrenderedConfig } from './unrendered-config.ts';
import { momentOrNull, versionValue } from './version-value.ts';

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
  const database = node.database ?? graph.options.target.database;
  const ephemeral = node.config.materialized === 'ephemeral';
  const code = codeOf(node);
  // A snapshot of YAML alone has no file of SQL.
  const isDeclared = /\.ya?ml$/.test(node.originalFile);
  return {
    database,
    schema: node.relation.schema,
    name: node.name,
    resource_type: node.kind,
    package_name: node.packageName,
    path: isDeclared ? `${innerPath(graph, node)}/${node.name}.sql` : innerPath(graph, node),
    original_file_path: node.originalFile,
    unique_id: node.uniqueId,
    fqn: [...node.fqn],
    alias: node.relation.name,
    checksum: node.seedChecksum ?? { name: 'sha256', checksum: sha256(code) },
    config,
    tags: [...new Set(listOf(config['tags']))],
    description: node.description,
    columns: columnsDictionary(node.columns),
    meta: config['meta'],
    group,
    docs: config['docs'],
    patch_path: node.properties
      ? `${node.packageName}://${ownFile(graph, { file: node.properties.file, packageName: node.packageName })}`
      : null,
    build_path: null,
    unrendered_config: unrenderedConfig(graph, `${node.kind}s`, node, {
      ...node.declared,
      ...accessOf(entry),
    }),
    created_at: CREATED_AT,
    relation_name: ephemeral ? null : printedRelation(graph.options.target, node.relation),
    raw_code: code,
    doc_blocks: entry['doc_blocks'] ?? [],
    ...(node.kind === 'seed'
      ? { root_path: graph.dir, depends_on: { macros: [] } }
      : { ...readsDictionary(project, node, node.sql), contract: contractOf(config, node, entry) }),
    ...(node.kind === 'model' ? modelOnly(graph, node, config) : {}),
  };
}

/** A snapshot's code is its block, ends included; lines of the file before it are kept as empty ones, for messages only. */
const codeOf = ({ kind, sql }: ModelNode): string =>
  kind === 'snapshot' ? sql.replace(/^\n+/, '\n') : sql.trim();

/** What stands beside `config` in YAML, and counts as configuration. */
const accessOf = (entry: YamlMapping): Dictionary =>
  Object.fromEntries(['access', 'group'].flatMap((key) => (key in entry ? [[key, entry[key]]] : [])));

/** A data test as the manifest has it. */
export function testDictionary(project: LoadedProject, node: TestNode): Dictionary {
  const { graph } = project;
  const config = testConfigDictionary(node);
  const { database } = graph.options.target;
  const originalFile = ownFile(graph, node);
  const folders = innerPath(graph, { originalFile, packageName: node.packageName }).split('/').slice(0, -1);
  const subject = node.subject?.kind === 'ref' ? graph.models.get(node.subject.key) : undefined;
  const path =
    node.sql === undefined
      ? `${node.alias}.sql`
      : innerPath(graph, { originalFile, packageName: node.packageName });
  const fqn = [node.packageName, ...folders, node.name];
  const relation = testRelation(project, node);
  const own = ownConfigOf(graph, { packageName: node.packageName, fqn }, ownTestConfig(node));
  const stored = config['store_failures'] === true;
  return {
    database,
    schema: relation.schema,
    name: node.name,
    resource_type: 'test',
    package_name: node.packageName,
    path,
    original_file_path: originalFile,
    unique_id: node.uniqueId,
    fqn,
    alias: relation.name,
    checksum:
      node.sql === undefined
        ? { name: 'none', checksum: '' }
        : { name: 'sha256', checksum: sha256(node.sql.trim()) },
    config,
    tags: testTags(graph, node),
    description: '',
    columns: {},
    meta: config['meta'],
    group: subject?.properties?.entry['group'] ?? subject?.config.raw['group'] ?? null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: unrenderedConfig(graph, 'tests', { packageName: node.packageName, fqn }, own),
    created_at: CREATED_AT,
    relation_name: stored ? printedRelation(graph.options.target, relation) : null,
    raw_code: node.sql?.trim() ?? genericTestCode(node, own),
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
export const CREATED_AT = Date.now() / 1_000;

const NO_CONTRACT: Dictionary = { enforced: false, alias_types: true, checksum: null };

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** `"database"."schema"."name"`, quoted as the project says. */
export const printedRelation = (place: Place, relation: RelationName): string =>
  relationValue(relation, { ...place, printDatabase: true }).toText();

/** What a node reads and calls, as every node with SQL has it. @param sql its template; undefined for a generic test. */
export function readsDictionary(
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
      models.map(({ name, version }) => ({ name, package: null, version: versionValue(version) })),
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
    version: versionValue(version),
  };
}

function modelOnly(graph: ProjectGraph, node: ModelNode, config: Dictionary): Dictionary {
  const entry = node.properties?.entry ?? {};
  const latest =
    node.version === undefined
      ? undefined
      : graphIndex(graph).latestVersions.get(`${node.packageName}.${node.name}`);
  return {
    access: entry['access'] ?? config['access'] ?? 'protected',
    constraints: constraintsOf(entry['constraints'], true),
    version: versionValue(node.version),
    latest_version: versionValue(latest),
    deprecation_date: momentOrNull(entry['deprecation_date'], '+00:00'),
    primary_key: primaryKeyOf(graph, node),
    time_spine: null,
  };
}

function contractOf(config: Dictionary, node: ModelNode, entry: YamlMapping): Dictionary {
  const said = config['contract'];
  const contract: Dictionary = { ...NO_CONTRACT, ...(typeof said === 'object' ? said : {}) };
  return node.kind === 'model' && contract['enforced'] === true
    ? { ...contract, checksum: contractChecksum(node, entry['constraints']) }
    : contract;
}

function fileKeyOf(graph: ProjectGraph, { subject }: TestNode): string | null {
  if (subject === undefined) return null;
  if (subject.kind === 'source') return `sources.${subject.name.split('.')[0] ?? ''}`;
  return `${graph.models.get(subject.key)?.kind ?? 'model'}s.${subject.name}`;
}
