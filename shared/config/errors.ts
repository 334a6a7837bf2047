import { defineErrors } from '#shared/errors/define-errors.ts';

export const configErrors = defineErrors({
  settings: {
    code: 'CONFIG_SETTINGS',
    retry: 'terminal',
    actor: 'operator',
    what: 'the configuration is not usable',
    now: 'Correct every setting named; docs/reference/settings.md lists them all.',
  },
  configFile: {
    code: 'CONFIG_FILE',
    retry: 'terminal',
    actor: 'operator',
    what: 'the configuration file or a pipeline it names could not be loaded',
    now: 'Correct the file named, or point PENSTOCK_CONFIG at another.',
  },
  pipeline: {
    code: 'CONFIG_PIPELINE',
    retry: 'terminal',
    actor: 'author',
    what: 'a pipeline declaration is not usable',
    now: 'Correct every problem named in pipeline.ts.',
  },
  unknownPipeline: {
    code: 'CONFIG_UNKNOWN_PIPELINE',
    retry: 'terminal',
    actor: 'operator',
    what: 'there is no such pipeline, stream or schedule',
    now: 'Use one of the names listed.',
  },
});
