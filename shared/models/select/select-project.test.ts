import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project/project.ts';
import { type ProjectSelection, selectProject } from './select-project.ts';
import { currentState } from './state/current-state.ts';

const FIXTURE = join(import.meta.dirname, '../../../test/fixtures/projects/selection');
const target = { name: 'dev', schema: 'dev', database: 'd', type: 'postgres', threads: 1 };

let dir: string;
let state: string;

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'penstock-select-'));
  dir = join(root, 'project');
  state = join(root, 'state');
  await cp(FIXTURE, dir, { recursive: true });
  await cp(FIXTURE, state, { recursive: true });
  await change(
    'dbt_project.yml',
    '+materialized: table',
    "+materialized: \"{{ 'table' if target.name == 'dev' else 'view' }}\"",
  );
  await change('models/marts/_marts.yml', 'access: public', 'access: public\n    constraints: []');
  await writeState();
});

afterAll(() => rm(join(dir, '..'), { recursive: true }));

async function writeState(): Promise<void> {
  const { nodes, macros } = currentState(await openProject(dir, { target }));
  const manifest = {
    nodes: Object.fromEntries(nodes),
    macros: Object.fromEntries(macros),
    unknown: { more: 1 },
  };
  await writeFile(join(state, 'manifest.json'), JSON.stringify(manifest));
}

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(dir, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(dir, file), text.replace(from, to));
}

/** Names of what is selected, without kind and package. */
async function selected(
  asked: Partial<ProjectSelection>,
  options: Partial<ProjectOptions> = {},
): Promise<string> {
  const project = await openProject(dir, { target, ...options });
  const whole = { select: [], exclude: [], indirectSelection: 'empty' as const, state, ...asked };
  const { ids } = await selectProject(project, whole);
  return [...ids]
    .map((id) => id.split('.').slice(2).join('.'))
    .sort()
    .join(' ');
}

/** Makes a change, asks, and takes it back. */
async function afterChange(file: string, from: string, to: string, select: string): Promise<string> {
  const text = await readFile(join(dir, file), 'utf8');
  await change(file, from, to);
  try {
    return await selected({ select: [select] });
  } finally {
    await writeFile(join(dir, file), text);
  }
}

const NOTHING = '';

it('finds nothing modified where nothing changed, in another environment either', async () => {
  const production = { target: { ...target, name: 'prod', schema: 'prod', database: 'p' } };
  // The database a source has follows the target, as in the original.
  expect(await selected({ select: ['state:modified'], exclude: ['source:*'] }, production)).toBe(NOTHING);
  expect(await selected({ select: ['state:new'] })).toBe(NOTHING);
  expect(await selected({ select: ['state:modified'], exclude: ['state:unmodified'] })).toBe(NOTHING);
  expect(await selected({ select: ['resource_type:seed'] })).toBe(
    await selected({ select: ['resource_type:seed,state:old'] }),
  );
});

const DAILY = 'models/marts/daily.sql';
const CRM = 'models/staging/crm/_crm.yml';
const MARTS = 'models/marts/_marts.yml';
const MACROS = 'macros/cents.sql';

it.each([
  ['code', DAILY, '> 0', '> 1', 'state:modified', 'daily'],
  ['code', DAILY, '> 0', '> 1', 'state:modified.body', 'daily'],
  ['code', DAILY, '> 0', '> 1', 'state:modified.configs', NOTHING],
  [
    'code, and what hangs below it',
    'models/marts/customer_orders.sql',
    'c.id',
    'c.id as id',
    'state:modified+1,resource_type:model',
    'by_city customer_orders daily',
  ],
  ['white space at the end', DAILY, '}})', '}})\n\n', 'state:modified', NOTHING],
  [
    'configuration',
    DAILY,
    "materialized='incremental'",
    "materialized='table'",
    'state:modified.configs',
    'daily',
  ],
  ['a tag', DAILY, "tags='cheap'", "tags='dear'", 'state:modified.configs', NOTHING],
  ['a schema', DAILY, "tags='cheap'", "tags='cheap', schema='x'", 'state:modified.relation', 'daily'],
  ['a schema', DAILY, "tags='cheap'", "tags='cheap', schema='x'", 'state:modified.configs', NOTHING],
  ['a macro that a macro calls', MACROS, '* {{ n }}', '/ {{ n }}', 'state:modified', 'daily'],
  ['a macro that a macro calls', MACROS, '* {{ n }}', '/ {{ n }}', 'state:modified.macros', 'daily'],
  ['a macro that a macro calls', MACROS, '* {{ n }}', '/ {{ n }}', 'state:modified.body', NOTHING],
  [
    "a test's macro",
    MACROS,
    'select 1 from {{ model }}',
    'select 2 from {{ model }}',
    'state:modified',
    'at_most_customer_orders_ref_regions_.6589554ded',
  ],
  ['a seed', 'seeds/regions.csv', 'north', 'south', 'state:modified', 'regions'],
  [
    'who may read a model',
    MARTS,
    'access: public',
    'access: protected',
    'state:modified',
    'loaves.v1 loaves.v2 loaves.v3',
  ],
  [
    'the latest version',
    MARTS,
    'latest_version: 2',
    'latest_version: 3',
    'state:modified,loaves',
    'loaves.v1 loaves.v2 loaves.v3',
  ],
  [
    'a description that is not persisted',
    MARTS,
    '- name: daily',
    '- name: daily\n    description: x',
    'state:modified',
    NOTHING,
  ],
  [
    "a test's severity",
    CRM,
    'severity: warn',
    'severity: error',
    'state:modified,resource_type:test',
    'not_null_stg_crm__customers_id.1a6cce18ca',
  ],
  ["an exposure's owner", MARTS, 'ann@', 'bo@', 'state:modified', 'board'],
  ["a source's schema", CRM, 'schema: raw', 'schema: rough', 'state:modified', 'crm.customers crm.notes'],
])(
  'after a change of %s in %s, from %j to %j, %s means %j',
  async (_what, file, from, to, select, expected) => {
    expect(await afterChange(file, from, to, select)).toBe(expected);
  },
);

it('takes a model that is new for modified, and a source that is new for new only', async () => {
  const manifest = await readFile(join(state, 'manifest.json'), 'utf8');
  const before = JSON.parse(manifest) as { nodes: Record<string, unknown> };
  delete before.nodes['model.bakery.daily'];
  delete before.nodes['source.bakery.crm.notes'];
  await writeFile(join(state, 'manifest.json'), JSON.stringify(before));
  try {
    expect(await selected({ select: ['state:new'] })).toBe('crm.notes daily');
    expect(await selected({ select: ['state:modified'] })).toBe('daily');
    expect(await selected({ select: ['state:modified.body'] })).toBe('daily');
  } finally {
    await writeFile(join(state, 'manifest.json'), manifest);
  }
});

it('warns of a contract broken, and refuses one of a version', async () => {
  const text = await readFile(join(dir, MARTS), 'utf8');
  const held = (of: string): string =>
    text.replace(
      '- name: customer_orders',
      `- name: customer_orders\n    config: {contract: {enforced: true}}\n    columns: ${of}`,
    );
  await writeFile(join(dir, MARTS), held('[{name: id, data_type: int}, {name: kept, data_type: int}]'));
  await writeState();
  await writeFile(join(dir, MARTS), held('[{name: id, data_type: text}]'));
  const asked = {
    select: ['state:modified.contract'],
    exclude: [],
    state,
    indirectSelection: 'empty' as const,
  };
  const { ids, warnings } = await selectProject(await openProject(dir, { target }), asked);
  expect([...ids]).toEqual(['model.bakery.customer_orders']);
  expect(warnings).toEqual([
    'the contract of model.bakery.customer_orders is broken for its readers: column id was int and is text; column kept was removed',
  ]);
  const versions = (of: string): string =>
    text
      .replace('config: {group: ops}', 'config: {group: ops, contract: {enforced: true}}')
      .replace('data_type: int', `data_type: ${of}`);
  await writeFile(join(dir, MARTS), versions('int'));
  await writeState();
  await writeFile(join(dir, MARTS), versions('text'));
  await expect(selected({ select: ['state:modified'] })).rejects.toThrow(
    /loaves\.v1.*column id was int and is text/,
  );
  await writeFile(join(dir, MARTS), text);
  await writeState();
});

it('selects by earlier results and by sources that were loaded since', async () => {
  const results = [
    { unique_id: 'model.bakery.daily', status: 'error', more: {} },
    { unique_id: 'test.bakery.orders_agree', status: 'skipped' },
  ];
  await writeFile(join(state, 'run_results.json'), JSON.stringify({ results }));
  expect(await selected({ select: ['result:error'] })).toBe('daily');
  expect(await selected({ select: ['1+result:error', 'result:skipped'] })).toBe(
    'customer_orders daily loaves.v2 orders_agree',
  );
  const loaded = (customers: string, notes: string) =>
    JSON.stringify({
      results: [
        { unique_id: 'source.bakery.crm.customers', max_loaded_at: customers },
        { unique_id: 'source.bakery.crm.notes', max_loaded_at: notes },
        { unique_id: 'source.bakery.shop.orders', status: 'runtime error', error: 'x' },
      ],
    });
  const targetDir = join(dir, 'own');
  await cp(state, targetDir, { recursive: true });
  await writeFile(join(state, 'sources.json'), loaded('2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'));
  await writeFile(
    join(targetDir, 'sources.json'),
    loaded('2024-01-01T00:00:00+00:00', '2024-01-02T00:00:00Z'),
  );
  expect(await selected({ select: ['source_status:fresher+1'], targetDir })).toBe(
    'board crm.notes stg_crm__notes',
  );
  await rm(targetDir, { recursive: true });
});

it('takes the selector that is the default, unless something is asked for', async () => {
  await change('selectors.yml', '- name: pair', '- name: pair\n    default: "{{ target.name == \'dev\' }}"');
  const pair = 'blank stg_crm__customers stg_crm__latest stg_crm__notes stg_orders';
  expect(await selected({})).toBe(pair);
  expect(await selected({ select: ['daily'] })).toBe('daily');
  expect(await selected({ exclude: ['*', 'source:*', 'exposure:*'] })).toBe(NOTHING);
  expect(await selected({ selector: 'yes_no' })).toBe('stg_crm__customers');
  expect(await selected({ select: ['selector:yes_no+1'] })).toBe(
    'customers_history not_null_stg_crm__customers_id.1a6cce18ca relationships_stg_orders_customer_id__id__ref_stg_crm__customers_.652b7af9bb stg_crm__customers stg_crm__latest unique_stg_crm__customers_id.916069195c',
  );
});

it('says what a mistyped name may have meant', async () => {
  const project = await openProject(dir, { target });
  const { warnings } = await selectProject(project, { select: ['+stg_order', 'tag:nigtly'], exclude: [] });
  expect(warnings).toEqual([
    "the selection '+stg_order' matches no enabled node; did you mean stg_orders?",
    "the selection 'tag:nigtly' matches no enabled node; did you mean nightly?",
  ]);
  await expect(selected({ selector: 'mixd' })).rejects.toThrow(/there is mixed/);
});

it('refuses a state that is none', async () => {
  await expect(selected({ select: ['state:new'], state: join(dir, 'none') })).rejects.toThrow(
    /MODEL_STATE|manifest\.json/,
  );
  await writeFile(join(state, 'run_results.json'), '{"results": ');
  await expect(selected({ select: ['daily'] })).rejects.toThrow(/run_results\.json/);
});

it('lists every mistake of selectors.yml with its line', async () => {
  await writeFile(
    join(dir, 'selectors.yml'),
    `selectors:
  - name: a
    definition: {tags: x}
  - name: b
    definition: {union: [x], intersection: [y]}
  - name: c
    definition: {method: selector, value: later}
  - name: d
    default: true
    definition: {union: [x, {exclude: [y]}, {exclude: [z]}]}
  - name: e
    default: true
    definition: {method: tag, value: x, indirect_selection: some}
  - definition: x
`,
  );
  const failed = await selected({ select: ['daily'] }).catch((error: Error) => error.message);
  expect(
    String(failed)
      .match(/selectors\.yml:\d+/g)
      ?.join(' '),
  ).toBe(
    'selectors.yml:2 selectors.yml:4 selectors.yml:6 selectors.yml:8 selectors.yml:11 selectors.yml:11 selectors.yml:14',
  );
  expect(failed).toMatch(/did you mean tag/);
  expect(failed).toMatch(/no selector later is defined above/);
});
