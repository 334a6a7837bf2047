import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { TemplateError } from '#shared/template/failures/template-error.ts';
import { seededRandom } from '#test/support/seeded-random.ts';
import { caseContext } from './case-context.ts';

const seed = 20_260_101;
const mutations = 3_000;
const pieces = [
  '{{',
  '}}',
  '{%',
  '%}',
  '{#',
  '-',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  "'",
  '|',
  '.',
  ',',
  '**',
  '//',
  ' in ',
  ' is ',
  ' not ',
  ' if ',
  'else',
  'endfor',
  'loop',
  '9',
  '1e9',
  '\\',
  '\n',
  '😀',
  '__class__',
  'none',
  '*',
  '=',
  '~',
  'set ',
  'raw',
  'endraw',
];

function mutate(template: string, other: string, random: () => number): string {
  const at = Math.floor(random() * (template.length + 1));
  const end = at + Math.floor(random() * 6);
  switch (Math.floor(random() * 4)) {
    case 0:
      return (
        template.slice(0, at) + (pieces[Math.floor(random() * pieces.length)] ?? '') + template.slice(at)
      );
    case 1:
      return template.slice(0, at) + template.slice(end);
    case 2:
      return template.slice(0, at) + template.slice(at, end).repeat(3) + template.slice(end);
    default:
      return template.slice(0, at) + other.slice(Math.floor(random() * other.length));
  }
}

test(`${mutations} mutated templates fail with a template error or not at all, and never hang`, () => {
  const file = new URL('../../fixtures/jinja.json', import.meta.url);
  const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly { template: string }[];
  const environment = createEnvironment({ limits: { steps: 200_000 } });
  const random = seededRandom(seed);
  const pick = (): string => cases[Math.floor(random() * cases.length)]?.template ?? '';
  let failed = 0;
  for (let count = 0; count < mutations; count += 1) {
    let source = pick();
    for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1)
      source = mutate(source, pick(), random);
    try {
      const rendered = environment.parse(source, 'mutated').render(caseContext());
      expect(typeof rendered, source).toBe('string');
    } catch (thrown) {
      failed += 1;
      expect(thrown, source).toBeInstanceOf(TemplateError);
      // Failing in a function of the host would mean that a bug inside passed for one outside.
      if (thrown instanceof TemplateError)
        expect(thrown.kind, `${source}: ${thrown.stack}`).not.toBe('callFailed');
    }
  }
  expect(failed).toBeGreaterThan(mutations / 10);
});
