import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { WarehouseConfig } from '#shared/warehouse/postgres/pool.ts';
import { textOr, type YamlMapping } from '../project/read-yaml.ts';
import { profileErrors } from './errors.ts';

/**
 * What templates may see of an output of another product: keys that never hold a secret. Whatever is not listed stays hidden, because
 * products name their secrets in many ways.
 */
const SHOWN = [
  ...['account', 'user', 'role', 'warehouse', 'host', 'port', 'catalog', 'cluster', 'method', 'project'],
  ...['dataset', 'database', 'dbname', 'schema', 'location', 'priority', 'region_name', 'execution_project'],
  ...['job_execution_timeout_seconds', 'maximum_bytes_billed', 'impersonate_service_account', 'http_path'],
  ...['path', 'query_tag', 'client_session_keep_alive', 'work_group', 's3_data_dir', 's3_staging_dir'],
];

/** An output of a product that has no adapter here: it can be parsed with, not connected to. */
export class OtherConnection {
  readonly type: string;
  readonly #shown: Readonly<Record<string, string | number | boolean>>;

  constructor(type: string, output: YamlMapping) {
    this.type = type;
    this.#shown = Object.fromEntries(SHOWN.flatMap((key) => scalarEntry(key, output[key])));
  }

  /** @throws PenstockError `PROFILE_TYPE_UNSUPPORTED` */
  warehouseConfig(): WarehouseConfig {
    throw new PenstockError(profileErrors.profileUnsupported, { type: this.type });
  }

  shown(): Readonly<Record<string, string | number | boolean>> {
    return this.#shown;
  }

  redact(text: string): string {
    return text;
  }
}

function scalarEntry(key: string, value: unknown): [string, string | number | boolean][] {
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return scalar ? [[key, value]] : [];
}

/** Database and schema as each product calls them, e.g. `project` and `dataset`. */
export function placeOf(output: YamlMapping): { database: string; schema: string } {
  const first = (...keys: string[]) => keys.map((key) => textOr(output[key], '')).find(Boolean) ?? '';
  return {
    database: first('database', 'project', 'catalog', 'dbname'),
    schema: first('schema', 'dataset') || 'main',
  };
}
