import { type Command, InvalidArgumentError, type Option } from 'commander';
import type { Environment } from '#shared/config/settings.ts';

/** Variables of the original's environment, by the flag each stands for (`cli/params.py`). */
const VARIABLES: Readonly<Record<string, string>> = {
  DBT_PROJECT_DIR: 'projectDir',
  DBT_PROFILES_DIR: 'profilesDir',
  DBT_PROFILE: 'profile',
  DBT_TARGET: 'target',
  DBT_TARGET_PATH: 'targetPath',
  DBT_STATE: 'state',
  DBT_DEFER: 'defer',
  DBT_DEFER_STATE: 'deferState',
  DBT_FAVOR_STATE: 'favorState',
  DBT_FULL_REFRESH: 'fullRefresh',
  DBT_FAIL_FAST: 'failFast',
  DBT_STORE_FAILURES: 'storeFailures',
  DBT_EMPTY: 'empty',
  DBT_SAMPLE: 'sample',
  DBT_EVENT_TIME_START: 'eventTimeStart',
  DBT_EVENT_TIME_END: 'eventTimeEnd',
  DBT_INDIRECT_SELECTION: 'indirectSelection',
  DBT_RESOURCE_TYPES: 'resourceType',
  DBT_EXCLUDE_RESOURCE_TYPES: 'excludeResourceType',
  DBT_SINGLE_THREADED: 'singleThreaded',
  DBT_LOG_FORMAT: 'logFormat',
  DBT_LOG_LEVEL: 'logLevel',
  DBT_QUIET: 'quiet',
  DBT_DEBUG: 'debug',
  DBT_PRINT: 'print',
  DBT_USE_COLORS: 'useColors',
  DBT_WARN_ERROR: 'warnError',
  DBT_WARN_ERROR_OPTIONS: 'warnErrorOptions',
  DBT_WRITE_JSON: 'writeJson',
  DBT_VERSION_CHECK: 'versionCheck',
  PENSTOCK_TRANSFORM_AUDIT: 'audit',
};

/**
 * Lets a verb have the flags given before it (`transform --quiet build`), and those of the environment; what is given after the verb wins
 * over both, and the command line over the environment.
 */
export function inheritFlags(group: Command, environment: Environment): void {
  group.enablePositionalOptions().hook('preAction', (_group, verb) => {
    for (const option of group.options) {
      const name = option.attributeName();
      if (group.getOptionValueSource(name) === 'cli') set(verb, name, group.getOptionValue(name), 'cli');
    }
    for (const [variable, name] of Object.entries(VARIABLES)) {
      const text = environment[variable];
      if (text) set(verb, name, readVariable(verb, variable, name, text), 'env');
    }
  });
}

function set(verb: Command, name: string, value: unknown, source: 'cli' | 'env'): void {
  const given = verb.getOptionValueSource(name);
  const isKnown = verb.options.some((option) => option.attributeName() === name);
  if (isKnown && given !== 'cli' && value !== undefined) verb.setOptionValueWithSource(name, value, source);
}

/** The variable's text as the flag would read it. */
function readVariable(verb: Command, variable: string, name: string, text: string): unknown {
  const option = verb.options.find((one) => one.attributeName() === name);
  if (option === undefined) return undefined;
  const isSwitch = !option.required && !option.optional;
  if (option.variadic) return text.split(/[\s,]+/).filter(Boolean);
  try {
    return isSwitch ? truth(text) : parsed(option, text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return verb.error(`error: ${variable} cannot be used as ${option.long ?? name}. ${error.message}`);
  }
}

function parsed(option: Option, text: string): unknown {
  return option.parseArg === undefined ? text : option.parseArg(text, undefined);
}

function truth(text: string): boolean {
  if (/^(1|true|t|yes|y|on)$/i.test(text)) return true;
  if (/^(0|false|f|no|n|off)$/i.test(text)) return false;
  throw new InvalidArgumentError('It must be true or false.');
}
