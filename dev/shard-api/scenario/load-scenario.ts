import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { shardApiErrors } from '../errors.ts';
import { parseScenario, type Scenario } from './scenario.ts';

const FOLDER = join(import.meta.dirname, '..', 'scenarios');

/** Names of the scenarios that come along. */
export const scenarioNames = (): string[] =>
  globSync('*.json', { cwd: FOLDER })
    .map((file) => basename(file, '.json'))
    .sort();

/**
 * Loads a scenario by its name or from a JSON file.
 *
 * @param nameOrPath a name is looked for first.
 * @param shards names there are, for the check.
 * @throws PenstockError SHARD_API_SCENARIO_MISSING, SHARD_API_SCENARIO.
 */
export async function loadScenario(nameOrPath: string, shards?: readonly string[]): Promise<Scenario> {
  const known = scenarioNames();
  const path = known.includes(nameOrPath) ? join(FOLDER, `${nameOrPath}.json`) : nameOrPath;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new PenstockError(
      shardApiErrors.scenarioMissing,
      { asked: nameOrPath, known: known.join(', ') },
      { cause },
    );
  });
  return parseScenario(jsonOf(text, path), shards);
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PenstockError(shardApiErrors.scenario, { problems: `${path} is not JSON` }, { cause });
  }
}
