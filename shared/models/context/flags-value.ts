import { fromHost } from '#shared/template/values/from-host.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';

/** What `flags` answers where the invocation says nothing else: the original's defaults (`dbt/cli/flags.py`). */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  CACHE_SELECTED_ONLY: false,
  DEBUG: false,
  DEFER: false,
  EMPTY: false,
  FAIL_FAST: false,
  FAVOR_STATE: false,
  FULL_REFRESH: false,
  INDIRECT_SELECTION: 'eager',
  INTROSPECT: true,
  LOG_CACHE_EVENTS: false,
  LOG_FORMAT: 'default',
  PARTIAL_PARSE: true,
  POPULATE_CACHE: true,
  PRINT: true,
  PRINTER_WIDTH: 80n,
  QUIET: false,
  SINGLE_THREADED: false,
  STATIC_PARSER: true,
  STORE_FAILURES: false,
  USE_COLORS: true,
  VERSION_CHECK: true,
  WARN_ERROR: false,
  WHICH: 'run',
  WRITE_JSON: true,
};

/** `flags`: by capital names, case of which does not count, as in the original. */
export class FlagsValue extends HostObject {
  readonly typeName = 'Flags';
  readonly #flags: Readonly<Record<string, unknown>>;

  constructor(given: Readonly<Record<string, unknown>> = {}) {
    super();
    this.#flags = { ...DEFAULTS, ...given };
  }

  override getAttr(name: string): Value | undefined {
    const key = name.toUpperCase();
    return Object.hasOwn(this.#flags, key) ? fromHost(this.#flags[key]) : undefined;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' ? this.getAttr(key) : undefined;
  }
}

/** `invocation_args_dict`: what the command line said, by small names; what was not said is not in it. */
export function invocationArguments(given: Readonly<Record<string, unknown>> = {}): Value {
  const said = Object.entries(given).filter(([name, value]) => value !== DEFAULTS[name] || name === 'WHICH');
  return fromHost({
    which: 'run',
    ...Object.fromEntries(said.map(([name, value]) => [name.toLowerCase(), value])),
  });
}

const CUSTOM = 'DBT_ENV_CUSTOM_ENV_';

/** `dbt_metadata_envs`: variables of the environment that are to be noted with what is built, without their prefix. */
export const metadataVariables = (env: Readonly<Record<string, string>>): Value =>
  fromHost(
    Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) =>
        name.startsWith(CUSTOM) ? [[name.slice(CUSTOM.length), value]] : [],
      ),
    ),
  );
