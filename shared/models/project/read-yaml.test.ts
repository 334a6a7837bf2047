import { expect, test } from 'vitest';
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
