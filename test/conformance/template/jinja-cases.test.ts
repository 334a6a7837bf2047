import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { TemplateError } from '#shared/template/failures/template-error.ts';
import { caseContext } from './case-context.ts';

interface JinjaCase {
  readonly name: string;
  readonly template: string;
  readonly expected?: string;
  readonly error?: string;
}

const file = new URL('../../fixtures/jinja.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly JinjaCase[];
const environment = createEnvironment({ macroTags: { test: { prefix: 'test_', arguments: 'signature' } } });

function render(template: string): unknown {
  return environment.parse(template, 'case').render(caseContext());
}

describe('renders as CPython Jinja2 3.1.6', () => {
  test('all cases are there', () => {
    expect(cases).toHaveLength(215);
  });

  test.each(cases.filter((one) => one.expected !== undefined))('$name', ({ template, expected }) => {
    expect(render(template)).toBe(expected);
  });

  test.each(cases.filter((one) => one.error !== undefined))('$name fails', ({ template }) => {
    expect(() => render(template)).toThrow(TemplateError);
  });
});
