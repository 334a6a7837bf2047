import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createEnvironment } from './create-environment.ts';
import { fromHost } from './values/from-host.ts';

/** Random templates of `bench/peers/template` with what CPython's Jinja prints for them; null where it fails. */
const { context, cases } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/template/found.json', import.meta.url), 'utf8'),
) as {
  readonly context: Record<string, unknown>;
  readonly cases: readonly (readonly [string, string | null])[];
};

function render(template: string): string | null {
  const names = Object.fromEntries(Object.entries(context).map(([name, value]) => [name, fromHost(value)]));
  try {
    const text = createEnvironment().parse(template, 't').render(names);
    return typeof text === 'string' ? text : 'it waits';
  } catch {
    return null;
  }
}

test.each(cases)('%j', (template, text) => {
  expect(render(template)).toBe(text);
});
