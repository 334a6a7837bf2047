import { defineErrors } from '#shared/errors/define-errors.ts';

export const shardApiErrors = defineErrors({
  options: {
    code: 'SHARD_API_OPTIONS',
    retry: 'terminal',
    actor: 'operator',
    what: 'the simulated shards cannot be made as they were asked for',
    now: 'Correct what `problems` names.',
  },
  scenario: {
    code: 'SHARD_API_SCENARIO',
    retry: 'terminal',
    actor: 'operator',
    what: 'a scenario of the simulated shards does not say what it should',
    now: 'Correct what `problems` names; dev/shard-api/README.md lists every fault with its fields.',
  },
  scenarioMissing: {
    code: 'SHARD_API_SCENARIO_MISSING',
    retry: 'terminal',
    actor: 'operator',
    what: 'there is no scenario of this name, and no file',
    now: 'Use one of the names in `known`, or the path of a JSON file.',
  },
});
