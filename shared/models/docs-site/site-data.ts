import type { Dictionary } from '../artifacts/config-dictionary.ts';
import { isMapping, mappingOf, mappingsIn, textOr } from '../project/read-yaml.ts';

/** What the page knows of one node. */
export interface SiteNode {
  readonly id: string;
  readonly name: string;
  /** `model`, `source`, `seed`, `snapshot`, `exposure`, `analysis`, `macro`, … */
  readonly type: string;
  readonly package: string;
  readonly path: string;
  readonly description: string;
  readonly relation: string | null;
  /** For people, in their order: materialisation, owner, access, rows, … */
  readonly facts: readonly (readonly [string, string])[];
  readonly tags: readonly string[];
  readonly columns: readonly SiteColumn[];
  /** Names of its tests that are of no column. */
  readonly tests: readonly string[];
  readonly source: string | null;
  readonly compiled: string | null;
  /** Ids of what it reads, of what is on the page. */
  readonly reads: readonly string[];
}

export interface SiteColumn {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly tests: readonly string[];
}

export interface SiteData {
  readonly project: string;
  readonly generatedAt: string;
  /** Markdown of the project's `__overview__` block, empty without one. */
  readonly overview: string;
  readonly nodes: readonly SiteNode[];
}

/** Keys of the manifest whose entries have a page of their own. */
const SHOWN = ['nodes', 'sources', 'exposures'] as const;
const TESTS = new Set(['test', 'unit_test', 'operation']);

/**
 * What the documentation page shows, out of the two artifacts; whoever wrote them.
 *
 * @param catalog undefined without one: columns are those that properties declare then.
 */
export function siteData(manifest: Dictionary, catalog: Dictionary | undefined): SiteData {
  const entries = SHOWN.flatMap((key) => Object.values(mappingOf(manifest[key])).filter(isMapping));
  const tests = entries.filter((entry) => entry['resource_type'] === 'test');
  const standing = { ...mappingOf(catalog?.['nodes']), ...mappingOf(catalog?.['sources']) };
  const nodes = entries
    .filter((entry) => !TESTS.has(text(entry['resource_type'])))
    .map((entry) => siteNode(entry, mappingOf(standing[text(entry['unique_id'])]), testsOf(entry, tests)));
  const metadata = mappingOf(manifest['metadata']);
  return {
    project: text(metadata['project_name']),
    generatedAt: text(metadata['generated_at']),
    overview: overviewOf(mappingOf(manifest['docs']), text(metadata['project_name'])),
    nodes: nodes.sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

interface NodeTest {
  readonly column: string | undefined;
  readonly name: string;
}

function testsOf(entry: Dictionary, tests: readonly Dictionary[]): NodeTest[] {
  const id = text(entry['unique_id']);
  return tests
    .filter((test) => readsOf(test).includes(id) && (test['attached_node'] ?? id) === id)
    .map((test) => {
      const generic = mappingOf(test['test_metadata']);
      const space = text(generic['namespace']);
      const short = text(generic['name']);
      const name = short === '' ? text(test['name']) : space === '' ? short : `${space}.${short}`;
      return { name, column: textOr(test['column_name'], '') || undefined };
    });
}

function siteNode(entry: Dictionary, standing: Dictionary, tests: readonly NodeTest[]): SiteNode {
  const type = text(entry['resource_type']);
  const isSource = type === 'source';
  return {
    id: text(entry['unique_id']),
    name: isSource ? `${text(entry['source_name'])}.${text(entry['name'])}` : nameOf(entry),
    type,
    package: text(entry['package_name']),
    path: text(entry['original_file_path']),
    description: text(entry['description']),
    relation: textOr(entry['relation_name'], '') || null,
    facts: factsOf(entry, standing),
    tags: listOfText(entry['tags']),
    columns: columnsOf(mappingOf(entry['columns']), mappingOf(standing['columns']), tests),
    tests: tests.filter(({ column }) => column === undefined).map(({ name }) => name),
    source: textOr(entry['raw_code'], '') || null,
    compiled: textOr(entry['compiled_code'], '') || null,
    reads: readsOf(entry),
  };
}

const nameOf = ({ name, version }: Dictionary): string =>
  version === null || version === undefined ? text(name) : `${text(name)}.v${text(version)}`;

function factsOf(entry: Dictionary, standing: Dictionary): [string, string][] {
  const config = mappingOf(entry['config']);
  const metadata = mappingOf(standing['metadata']);
  const stats = Object.values(mappingOf(standing['stats'])).filter(
    (stat): stat is Dictionary => isMapping(stat) && stat['include'] === true,
  );
  const owner = mappingOf(entry['owner']);
  const facts: [string, unknown][] = [
    ['materialized', entry['resource_type'] === 'model' ? config['materialized'] : undefined],
    ['kind', metadata['type'] ?? entry['type']],
    ['owner', metadata['owner'] ?? owner['name'] ?? owner['email']],
    ['access', entry['access']],
    ['group', entry['group']],
    ['contract', mappingOf(entry['contract'])['enforced'] === true ? 'enforced' : undefined],
    ['deprecated on', entry['deprecation_date']],
    ['loader', entry['loader']],
    ['url', entry['url']],
    ['maturity', entry['maturity']],
    ...stats.map(({ label, value }): [string, unknown] => [text(label).toLowerCase(), value]),
    ...Object.entries(mappingOf(entry['meta'])).map(([key, value]): [string, unknown] => [
      `meta: ${key}`,
      value,
    ]),
  ];
  return facts
    .map(([name, value]): [string, string] => [name, shown(value)])
    .filter(([, value]) => value !== '');
}

function columnsOf(declared: Dictionary, standing: Dictionary, tests: readonly NodeTest[]): SiteColumn[] {
  const known = new Map(
    Object.entries(declared).map(([name, column]) => [name.toLowerCase(), mappingOf(column)]),
  );
  const there = Object.values(standing)
    .filter(isMapping)
    .sort((a, b) => Number(a['index']) - Number(b['index']));
  const names = [
    ...there.map(({ name }) => text(name)),
    ...Object.keys(declared).filter(
      (name) => !there.some((column) => text(column['name']).toLowerCase() === name.toLowerCase()),
    ),
  ];
  return names.map((name) => {
    const said = known.get(name.toLowerCase()) ?? {};
    const found = there.find((column) => column['name'] === name);
    const constraints = mappingsIn(said['constraints']).map(({ type }) => text(type).replace('_', ' '));
    const own = tests.filter(
      ({ column }) => column?.replaceAll('"', '').toLowerCase() === name.toLowerCase(),
    );
    return {
      name,
      type: text(found?.['type'] ?? said['data_type']),
      description: text(said['description']) || text(found?.['comment']),
      tests: [...new Set([...constraints, ...own.map((test) => test.name)])],
    };
  });
}

function overviewOf(docs: Dictionary, project: string): string {
  const blocks = Object.values(docs).filter(isMapping);
  const own = blocks.filter(({ name }) => name === '__overview__' || name === `__${project}__`);
  const first = own.find(({ package_name: owner }) => owner === project);
  return text(first?.['block_contents']);
}

function readsOf(entry: Dictionary): string[] {
  return listOfText(mappingOf(entry['depends_on'])['nodes']);
}
const text = (value: unknown): string => textOr(value, '');
const listOfText = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(text).filter(Boolean) : [];

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
