import { expect, it } from 'vitest';
import { yamlNames } from '../load/yaml-names.ts';
import { secretYaml } from './secret-yaml.ts';

const env = { DBT_ENV_SECRET_A: 'hush{{ x }}', DBT_ENV_SECRET_B: 'quiet', PLAIN: 'plain' };
const render = (text: string): unknown =>
  secretYaml({ env, vars: { v: 'var' } }).render(text, 'profiles.yml');

it('puts secrets in whole, however many, and renders nothing inside them', () => {
  expect(render("{{ env_var('DBT_ENV_SECRET_A') }}")).toBe('hush{{ x }}');
  expect(render("{{ env_var('DBT_ENV_SECRET_A') }}:{{ env_var('DBT_ENV_SECRET_B') }}@{{ var('v') }}")).toBe(
    'hush{{ x }}:quiet@var',
  );
});

it.each([
  ['[:3]', /^\$\$\$$/],
  [' | upper', /^quiet$/],
  [' | length', /^(?!5$)\d+$/],
  [" | replace('quiet', 'seen')", /^quiet$/],
  [" | replace('q', 'Q')", /^quiet$/],
])('applies %s to no part of a secret', (cut, shown) => {
  expect(String(render(`{{ env_var('DBT_ENV_SECRET_B')${cut} }}`))).toMatch(shown);
});

it('gives defaults, and fails for what is not set', () => {
  expect(render("{{ env_var('DBT_ENV_SECRET_C', 'none') }}")).toBe('none');
  expect(() => render("{{ env_var('DBT_ENV_SECRET_C') }}")).toThrow('DBT_ENV_SECRET_C');
});

it('is the only place where secrets may be named', () => {
  const target = { name: 'dev', schema: 's', database: 'd', type: 'postgres', threads: 1 };
  const project = yamlNames({ target, env }, {});
  expect(project.render("{{ env_var('PLAIN') }}", 'x.yml')).toBe('plain');
  expect(() => project.render("{{ env_var('DBT_ENV_SECRET_B') }}", 'x.yml')).toThrow('is a secret');
});
