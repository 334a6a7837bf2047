import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { INDIRECT_SELECTIONS } from './criterion.ts';
import type { MatchContext } from './methods/match-context.ts';
import { parentsOf } from './methods/match-path.ts';
import { selectNodes } from './select-nodes.ts';
import { SelectableGraph } from './selectable-graph.ts';
import type { SelectableNode } from './selectable-node.ts';
import { parseSelection } from './selection.ts';
import { readSelectors } from './selectors-file.ts';

const PROJECT = join(import.meta.dirname, '../../../test/fixtures/projects/selection');

/** The fixture's nodes as the original's manifest has them. */
function nodesOfManifest(): SelectableNode[] {
  const nodes: (Omit<SelectableNode, 'config'> & { config: Record<string, unknown> })[] = JSON.parse(
    readFileSync(join(PROJECT, 'nodes.json'), 'utf8'),
  );
  return nodes.map(({ config, ...node }) => ({ ...node, config: () => config }));
}

const graph = new SelectableGraph(nodesOfManifest());
const own = [...graph.nodes.values()].filter(({ packageName }) => packageName === 'bakery');
const files = own.flatMap(({ originalFile, patchFile }) => [originalFile, patchFile ?? originalFile]);
const context: MatchContext = {
  projectName: 'bakery',
  rootPaths: new Set(files.flatMap((file) => [file, ...parentsOf(file)])),
  named: () => new Set(),
};

const TESTS: Readonly<Record<string, string>> = {
  unique_stg_crm__customers_id: 'unique_customers',
  not_null_stg_crm__customers_id: 'not_null_customers',
  relationships_stg_orders_customer_id__id__ref_stg_crm__customers_: 'orders_of_customers',
  source_unique_crm_customers_id: 'source_unique',
  at_most_customer_orders_ref_regions_: 'at_most',
  not_null_cities_name: 'cities_name',
};

/** `unique_customers` of `test.bakery.unique_stg_crm__customers_id.916069195c`; kind and package are left out. */
function shortOf(id: string): string {
  const [kind, , ...name] = id.split('.');
  if (kind === 'unit_test') return name.at(-1) ?? '';
  const [test = ''] = name;
  return kind === 'test' ? (TESTS[test] ?? test.replace('not_null_loaves_', 'loaves_')) : name.join('.');
}

const shown = (ids: Iterable<string>): string => [...ids].map(shortOf).sort().join(' ');

const ROWS = readFileSync(join(PROJECT, 'expected.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [asked = '', expected = ''] = line.split(' =>');
    const [select = '', exclude = '', mode = '', selector = ''] = asked.split('|').map((part) => part.trim());
    return { select, exclude, mode, selector, expected: expected.trim() };
  });

it.each(ROWS)(
  '$select, without $exclude, $mode, $selector',
  async ({ select, exclude, mode, selector, expected }) => {
    const indirect = INDIRECT_SELECTIONS.find((one) => one === mode);
    const target = { name: 'dev', schema: 'dev', database: 'd', type: 'postgres', threads: 1 };
    const named = selector === '' ? undefined : await readSelectors(PROJECT, { target }, indirect);
    const asked = parseSelection(select === '' ? [] : [select], exclude === '' ? [] : [exclude], indirect);
    const selection = named?.selections.get(selector) ?? asked;
    expect(shown(selectNodes(graph, selection, context).ids)).toBe(expected);
  },
);

it('has a table of all there is', () => {
  expect(graph.nodes.size).toBe(31);
  expect(ROWS.length).toBeGreaterThan(300);
});

const ids = (select: string, exclude = ''): ReadonlySet<string> =>
  selectNodes(graph, parseSelection([select], [exclude], 'empty'), context).ids;

/** Terms of every kind, and pairs of them that repeat from run to run. */
const TERMS = [
  '+daily',
  'tag:staging',
  '@regions',
  'source:crm+',
  'test_type:data',
  '2+by_city',
  'package:geo',
  '*',
];
const PAIRS = TERMS.flatMap((one) => TERMS.map((other) => [one, other] as const));

it.each(PAIRS)('combines %s and %s as sets', (one, other) => {
  expect(ids(`${one} ${other}`)).toEqual(ids(one).union(ids(other)));
  expect(ids(`${one},${other}`)).toEqual(ids(one).intersection(ids(other)));
  expect(ids(one, other)).toEqual(ids(one).difference(ids(other)));
  expect(ids(one, other).union(ids(`${one},${other}`))).toEqual(ids(one));
  expect(ids(`${one} ${other}`)).toEqual(ids(`${other} ${one}`));
});

it('lets wider ways of taking tests along take at least what narrower ones take', () => {
  for (const term of TERMS) {
    const by = (mode: (typeof INDIRECT_SELECTIONS)[number]) =>
      selectNodes(graph, parseSelection([term], [], mode), context).ids;
    expect(by('empty').isSubsetOf(by('cautious'))).toBe(true);
    expect(by('cautious').isSubsetOf(by('buildable'))).toBe(true);
    expect(by('buildable').isSubsetOf(by('eager'))).toBe(true);
  }
});

it('tells which terms match nothing, of both select and exclude', () => {
  const selection = parseSelection(['daily nosuch', 'tag:staging,tag:nightly'], ['tag:none']);
  expect(selectNodes(graph, selection, context).unmatched).toEqual([
    'nosuch',
    'tag:staging,tag:nightly',
    'tag:none',
  ]);
});

it.each([
  ['nomethod:x', /there is no method nomethod/],
  ['tags:x', /did you mean tag/],
  ['@a+', /exclude each other/],
  ['source:a.b.c.d', /package\.source\.table/],
  ['exposure:a.b.c', /package\.name/],
  ['resource_type:models', /did you mean model/],
  ['test_type:nosuch', /generic, singular, unit, data/],
  ['version:newest', /latest, prerelease, old, none/],
  ['path:/models', /relative to the project/],
  ['state:modified', /manifest\.json/],
  ['result:error', /run_results\.json/],
  ['source_status:fresher', /sources\.json/],
])('refuses %s', (select, message) => {
  expect(() => selectNodes(graph, parseSelection([select], []), context)).toThrow(message);
});
