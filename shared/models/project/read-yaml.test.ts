import { expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { ProblemList } from './project-problem.ts';
import { readYaml } from './read-yaml.ts';

test('reads scalars as PyYAML does: yes and off are booleans, quoted ones and dates are text', () => {
  const text =
    'a: yes\nb: Off\nc: "no"\nd: 2024-01-01\ne: yEs\nf: ~\nbase: &b {x: on}\nmerged: {<<: *b, y: 1}\n';
  expect(readYaml('a.yml', text, new ProblemList())?.value).toEqual({
    a: true,
    b: false,
    c: 'no',
    d: '2024-01-01',
    e: 'yEs',
    f: null,
    base: { x: true },
    merged: { x: true, y: 1 },
  });
});

test.each([
  ['1.0', '1.0'],
  ['-2.50', '-2.5'],
  ['1e3', "'1e3'"],
  ['1.5e+3', '1500.0'],
  ['010', '8'],
  ['0x1F', '31'],
  ['0b101', '5'],
  ['1_000', '1000'],
  ['12:30', '750'],
  ['08', "'08'"],
  ['0o17', "'0o17'"],
  ['.5', '0.5'],
  ['1.', '1.0'],
  ['.inf', 'inf'],
  ['1.2.3', "'1.2.3'"],
])('a template sees %s as %s', (written, shown) => {
  const value = readYaml('a.yml', `a: [${written}]`, new ProblemList())?.value;
  const printed = createEnvironment()
    .parse('{{ a }}', 't')
    .render(new Map([['a', fromHost(value?.['a'])]]));
  expect(printed).toBe(`[${shown}]`);
});
