import type { RawConfig } from '../project/config-tree.ts';
import type { TestNode } from '../project/project.ts';
import { configDictionary, type Dictionary } from './config-dictionary.ts';
import { pythonRepr } from './python-repr.ts';

/** A test's configuration as the manifest has it: `store_failures` says the same as `store_failures_as`. */
export function testConfigDictionary(node: TestNode): Dictionary {
  const config = configDictionary('test', ownTestConfig(node));
  const { store_failures: stored, store_failures_as: as } = config;
  if (as !== null) return { ...config, store_failures: as !== 'ephemeral' };
  if (stored === null) return config;
  return { ...config, store_failures_as: stored === true ? 'table' : 'ephemeral' };
}

/** What a test is configured with; a name too long for a relation configures its alias (`generic_test_builders.py`). */
export function ownTestConfig({ config: { raw }, sql, name, alias }: TestNode): RawConfig {
  return sql === undefined && alias !== name && !('alias' in raw) ? { ...raw, alias } : raw;
}

/** Arguments of a test that configure it, in the order the original writes them; others come before. */
const ORDER = [
  ...['severity', 'tags', 'enabled', 'where', 'limit', 'warn_if', 'error_if', 'fail_calc'],
  ...['store_failures', 'store_failures_as', 'meta', 'database', 'schema', 'alias'],
];
const placeOf = (key: string): number => ORDER.indexOf(key);

/** The template the original makes of a generic test. @param own what the test says itself of its configuration. */
export function genericTestCode({ test }: TestNode, own: RawConfig): string {
  const [name = '', ...owner] = test.split('.').reverse();
  const macro = [...owner.reverse(), `test_${name}`].join('.');
  const said = Object.entries(own)
    .toSorted(([a], [b]) => placeOf(a) - placeOf(b))
    .map(([key, value]) => `${key}=${argument(value)}`);
  return `{{ ${macro}(**_dbt_generic_test_kwargs) }}${said.length === 0 ? '' : `{{ config(${said.join(',')}) }}`}`;
}

const argument = (value: unknown): string =>
  typeof value === 'string' ? `"${value.replaceAll('"', '\\"')}"` : pythonRepr(value);
