import { expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { MacroLibrary } from '../compile/macro-library.ts';
import { RefFunction } from './runtime-config.ts';

const ref = new RefFunction(() => 'a relation', {
  environment: createEnvironment(),
  library: new MacroLibrary('shop', new Map()),
  vars: { n: 3 },
  env: { SECRET: 'hidden' },
  target: { name: 'dev', schema: 's', database: 'db', type: 'postgres', threads: 1 },
  versions: new Map([
    ['shop', '1.0'],
    ['tools', '0.2.1'],
  ]),
  projectName: 'shop',
  packageName: 'tools',
});

test.each([
  ['{{ ref("x") }}', 'a relation'],
  ['{{ ref.config.dependencies["tools"].version }}', '0.2.1'],
  ['{{ ref.config.project_name }} {{ ref.config.version }} {{ ref.config.target_name }}', 'shop 1.0 dev'],
  ['{{ ref.config.vars.to_dict() }}', "{'vars': {'n': 3}}"],
  ['{{ ref.config.cli_vars }} {{ ref.config.args.select is defined }}', '{} False'],
  // Neither the environment nor how to log in is reachable.
  [
    '{{ ref.config.credentials is defined }} {{ ref.config.env is defined }} {{ ref.constructor is defined }}',
    'False False False',
  ],
])('%s', (template, expected) => {
  expect(createEnvironment().parse(template, 't').render({ ref })).toBe(expected);
});
