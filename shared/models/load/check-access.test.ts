import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadProject } from './load-project.ts';

const target = { name: 'dev', schema: 's', database: 'd', type: 'postgres', threads: 1 };
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Problems, or else warnings, with file and line. */
async function said(files: Readonly<Record<string, string>>): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-access-'));
  folders.push(dir);
  for (const [path, text] of Object.entries({ 'dbt_project.yml': 'name: acc\n', ...files })) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const loaded = await loadProject(dir, { target });
  const told = 'problems' in loaded ? loaded.problems : loaded.project.warnings;
  return told.map(({ file, line, cause }) => `${file}:${line} ${cause}`);
}

const GROUPS = `groups:
  - name: fin
    owner: {name: Ann}
  - name: ops
    owner: {email: o@example.org}
`;
const PRIVATE_A = `${GROUPS}models:
  - name: a
    access: private
    group: fin
`;
const refused = (reader: string, why: string, read = 'model.acc.a'): string =>
  `Node ${reader} attempted to reference node ${read}, which is not allowed because the referenced node is ${why}.`;
const READS_A = "select * from {{ ref('a') }}";
const A = { 'models/a.sql': 'select 1 as id', 'models/p.yml': PRIVATE_A };

/** A package that lets nobody read what is not public. */
const PACKAGE = {
  'dbt_packages/pk/dbt_project.yml': 'name: pk\nrestrict-access: true\n',
  'dbt_packages/pk/models/p.yml': `groups: [{name: g, owner: {name: x}}]
models:
  - name: pub
    access: public
  - name: priv
    config: {access: private, group: g}
`,
  'dbt_packages/pk/models/prot.sql': 'select 1 as id',
  'dbt_packages/pk/models/pub.sql': "select * from {{ ref('prot') }}",
  'dbt_packages/pk/models/priv.sql': 'select 1 as id',
};

describe('a private model', () => {
  it.each<[string, Record<string, string>, string[]]>([
    [
      'a model of no group',
      { 'models/b.sql': READS_A },
      [`models/b.sql:1 ${refused('model.acc.b', "private to the 'fin' group")}`],
    ],
    [
      'a model of another group',
      { 'models/b.sql': `{{ config(group='ops') }}\n${READS_A}` },
      [`models/b.sql:2 ${refused('model.acc.b', "private to the 'fin' group")}`],
    ],
    ['a model of its group', { 'models/b.sql': `{{ config(group='fin') }}\n${READS_A}` }, []],
    [
      'a singular test of no group',
      { 'tests/t.sql': READS_A },
      [`tests/t.sql:1 ${refused('test.acc.t', "private to the 'fin' group")}`],
    ],
    ['a singular test of its group', { 'tests/t.sql': `{{ config(group='fin') }} ${READS_A}` }, []],
    [
      'an analysis',
      { 'analyses/an.sql': READS_A },
      [`analyses/an.sql:1 ${refused('analysis.acc.an', "private to the 'fin' group")}`],
    ],
    [
      'an exposure',
      {
        'models/e.yml':
          "exposures:\n  - name: ex\n    type: dashboard\n    owner: {name: x}\n    depends_on: [ref('a')]\n",
      },
      [`models/e.yml:2 ${refused('exposure.acc.ex', "private to the 'fin' group")}`],
    ],
    [
      'a snapshot of its group',
      {
        'snapshots/s.sql': `{% snapshot sn %}{{ config(unique_key='id', strategy='check', check_cols='all', group='fin') }} ${READS_A}{% endsnapshot %}`,
      },
      [],
    ],
  ])('and %s', async (_, files, problems) => {
    expect(await said({ ...A, ...files })).toEqual(problems);
  });

  it('may be tested where it is described', async () => {
    const tests = `${PRIVATE_A}    columns: [{name: id, tests: [unique, {relationships: {to: ref('c'), field: id}}]}]
  - {name: c, access: private, group: fin}
`;
    expect(await said({ ...A, 'models/p.yml': tests, 'models/c.sql': 'select 1 as id' })).toEqual([]);
  });

  it('without a group can be read by nobody', async () => {
    const files = { 'models/a.sql': 'select 1', 'models/b.sql': READS_A };
    expect(await said({ ...files, 'models/p.yml': 'models:\n  - {name: a, access: private}\n' })).toEqual([
      `models/b.sql:1 ${refused('model.acc.b', "private to the '' group")}`,
    ]);
  });
});

describe('a package with restrict-access', () => {
  it.each<[string, string, string[]]>([
    ['pub', "ref('pk', 'pub')", []],
    [
      'prot',
      "ref('pk', 'prot')",
      [`models/x.sql:1 ${refused('model.acc.x', "protected to the 'pk' package", 'model.pk.prot')}`],
    ],
    [
      'priv',
      "ref('priv')",
      [`models/x.sql:1 ${refused('model.acc.x', "private to the 'g' group", 'model.pk.priv')}`],
    ],
  ])('and who reads its %s', async (_, call, problems) => {
    expect(await said({ ...PACKAGE, 'models/x.sql': `select * from {{ ${call} }}` })).toEqual(problems);
  });

  it('does not let a group of the same name in', async () => {
    const files = {
      'models/x.sql': "{{ config(group='g') }} select * from {{ ref('priv') }}",
      'models/p.yml': 'groups: [{name: g, owner: {name: y}}]\n',
    };
    expect(await said({ ...PACKAGE, ...files })).toEqual([
      `models/x.sql:1 ${refused('model.acc.x', "private to the 'g' group", 'model.pk.priv')}`,
    ]);
    const open = { 'dbt_packages/pk/dbt_project.yml': 'name: pk\n' };
    expect(await said({ ...PACKAGE, ...open, ...files })).toEqual([]);
  });
});

it('refuses groups and kinds of access that are not there, all in one go', async () => {
  const problems = await said({
    'models/a.sql': 'select 1',
    'models/b.sql': 'select 1',
    'models/e.sql': "{{ config(materialized='ephemeral', access='public') }} select 1",
    'models/p.yml': `${GROUPS}models:\n  - {name: a, group: nope}\n  - {name: b, access: secret}\n`,
  });
  expect(problems).toEqual([
    'models/e.sql:1 e: an ephemeral model cannot be public: it has no relation',
    "models/p.yml:7 a: invalid group 'nope', expected one of ['fin', 'ops']",
    'models/p.yml:8 b: access is private, protected, public, not "secret"',
  ]);
});

it('warns of models past their date, and of who reads one that has a date', async () => {
  const warnings = await said({
    'models/p.yml': `models:
  - name: v
    latest_version: 2
    deprecation_date: 2022-01-01
    versions: [{v: 1, deprecation_date: 2020-01-01}, {v: 2}]
  - name: dep
    deprecation_date: 2021-05-06
  - name: fut
    deprecation_date: 2099-05-06 00:00:00.00+00:00
`,
    'models/v_v1.sql': 'select 1',
    'models/v_v2.sql': 'select 1',
    'models/dep.sql': 'select 1',
    'models/fut.sql': 'select 1',
    'models/x.sql': "{{ ref('v', v=1) }} {{ ref('v') }} {{ ref('dep') }} {{ ref('fut') }}",
  });
  const found = (read: string, how: string): string =>
    `models/x.sql:1 While compiling 'x': Found a reference to ${read}, which ${how}.`;
  expect(warnings).toEqual([
    'models/p.yml:6 Model dep has passed its deprecation date of 2021-05-06T00:00:00+00:00. This model should be disabled or removed.',
    'models/p.yml:2 Model v.v1 has passed its deprecation date of 2020-01-01T00:00:00+00:00. This model should be disabled or removed.',
    found('dep', "was deprecated on '2021-05-06T00:00:00+00:00'"),
    found('fut', "is slated for deprecation on '2099-05-06T00:00:00+00:00'"),
    `${found('v.v1', "was deprecated on '2020-01-01T00:00:00+00:00'")} A new version of 'v' is available. Migrate now: {{ ref('acc', 'v', v='2') }}.`,
  ]);
});
