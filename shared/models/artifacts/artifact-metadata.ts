import type { RunScope } from '../compile/render-scope.ts';
import type { Dictionary } from './config-dictionary.ts';

/** Which format an artifact has; other tools choose their reader by the URL. */
const SCHEMAS = {
  manifest: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
  runResults: 'https://schemas.getdbt.com/dbt/run-results/v6.json',
  sources: 'https://schemas.getdbt.com/dbt/sources/v3.json',
  catalog: 'https://schemas.getdbt.com/dbt/catalog/v1.json',
} as const;

/** Version of the formats' writer that these artifacts look like: readers compare it. */
export const FORMAT_VERSION = '1.10.0';

/** What every artifact begins with. @param env `DBT_ENV_CUSTOM_ENV_…` without the prefix. */
export function artifactMetadata(
  artifact: keyof typeof SCHEMAS,
  run: RunScope,
  env: Readonly<Record<string, string>> = {},
): Dictionary {
  return {
    dbt_schema_version: SCHEMAS[artifact],
    dbt_version: FORMAT_VERSION,
    generated_at: new Date().toISOString(),
    invocation_id: run.invocationId,
    invocation_started_at: run.runStartedAt,
    env,
  };
}

const CUSTOM = 'DBT_ENV_CUSTOM_ENV_';

/** What a caller wants to find again in the artifacts: variables of the environment with the original's prefix. */
export function customEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env)
      .filter(([name]) => name.startsWith(CUSTOM))
      .map(([name, value]) => [name.slice(CUSTOM.length), value]),
  );
}
