import { isDeepStrictEqual } from 'node:util';
import { listOf } from '../../project/config-tree.ts';
import { isMapping, mappingOf } from '../../project/read-yaml.ts';
import type { ArtifactObject } from './previous-state.ts';

export const typeOf = ({ resource_type: type }: ArtifactObject): string => String(type);

/** Models, seeds, snapshots, tests, analyses: what stands among a manifest's `nodes`. */
export const hasBody = (node: ArtifactObject): boolean =>
  !['source', 'exposure', 'unit_test', 'metric'].includes(typeOf(node));

/** Whether nothing of a node changed that would build or test it otherwise (`same_contents` of each kind). */
export function sameContents(now: ArtifactObject, before: ArtifactObject): boolean {
  switch (typeOf(now)) {
    case 'source':
      return sameSource(now, before);
    case 'exposure':
      return sameExposure(now, before);
    case 'unit_test':
      return sameUnitTest(now, before);
    case 'test':
      // A generic test's SQL is its macro's: its own entry is its configuration.
      return (
        (isGenericTest(now) || sameNode(now, before)) && sameConfig(now, before) && same('fqn')(now, before)
      );
    case 'model':
      return sameNode(now, before) && sameToReaders(now, before);
    default:
      return sameNode(now, before);
  }
}

/** Code, or of a seed the checksum of its file; of one above 1 MiB its path. */
export function sameBody(now: ArtifactObject, before: ArtifactObject): boolean {
  if (typeOf(now) === 'seed') return isDeepStrictEqual(checksumOf(now), checksumOf(before));
  return codeOf(now) === codeOf(before);
}

/** Configuration as written, before templates are rendered: a value that follows the target is no change. */
export function sameConfig(now: ArtifactObject, before: ArtifactObject): boolean {
  return isDeepStrictEqual(comparedConfig(now), comparedConfig(before));
}

/** Where it is built, as configured; of a source where it is. */
export function sameRelation(now: ArtifactObject, before: ArtifactObject): boolean {
  if (typeOf(now) === 'source') return same('database', 'schema', 'identifier')(now, before);
  // The alias of a generic test is made of its name.
  const keys = isGenericTest(now) ? ['database', 'schema'] : ['database', 'schema', 'alias'];
  const [mine, theirs] = [writtenConfig(now), writtenConfig(before)];
  return keys.every((key) => isDeepStrictEqual(mine.get(key), theirs.get(key)));
}

/** Descriptions, where they are written to the database. */
export function samePersistedDescriptions(now: ArtifactObject, before: ArtifactObject): boolean {
  const config = mappingOf(now['config']);
  const persisted = mappingOf(config['persist_docs']);
  if (persisted['relation'] === true && !same('description')(now, before)) return false;
  return persisted['columns'] !== true || isDeepStrictEqual(columnTexts(now), columnTexts(before));
}

function sameNode(now: ArtifactObject, before: ArtifactObject): boolean {
  return (
    sameBody(now, before) &&
    sameConfig(now, before) &&
    samePersistedDescriptions(now, before) &&
    same('fqn')(now, before) &&
    sameRelation(now, before)
  );
}

/** What changes how others may `ref` a model. */
const sameToReaders = (now: ArtifactObject, before: ArtifactObject): boolean =>
  String(now['latest_version'] ?? '') === String(before['latest_version'] ?? '') &&
  same('access')(now, before) &&
  momentOf(now['deprecation_date']) === momentOf(before['deprecation_date']);

const sameSource = (now: ArtifactObject, before: ArtifactObject): boolean =>
  sameRelation(now, before) &&
  sameConfig(now, before) &&
  same('fqn', 'quoting', 'freshness', 'loaded_at_field', 'external')(now, before);

const sameExposure = (now: ArtifactObject, before: ArtifactObject): boolean =>
  same('fqn', 'type', 'owner', 'maturity', 'url', 'description', 'label')(now, before) &&
  isDeepStrictEqual(readsOf(now), readsOf(before)) &&
  sameConfig(now, before);

/** All but the description. */
const sameUnitTest = same('model', 'versions', 'given', 'expect', 'overrides');

function same(...keys: readonly string[]): (now: ArtifactObject, before: ArtifactObject) => boolean {
  return (now, before) => keys.every((key) => isDeepStrictEqual(settled(now[key]), settled(before[key])));
}

/** A value without what is null in it: writers differ in which defaults they spell out. */
function settled(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(settled);
  if (!isMapping(value)) return value;
  const kept = Object.entries(value)
    .map(([key, item]) => [key, settled(item)] as const)
    .filter(([, item]) => item !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** What is compared apart (`modified.relation`, access), or no change at all: tags and groups. */
const APART: Readonly<Record<string, readonly string[]>> = {
  source: [],
  exposure: ['tags', 'meta'],
  node: ['alias', 'schema', 'database', 'tags', 'group', 'access'],
};

/** Keys whose layers add up. The original's writer keeps only the last layer of them as written, ours all: compared as they hold. */
const ADDED_UP = ['meta', 'quoting', 'column_types', 'docs', 'contract', 'grants', 'pre_hook', 'post_hook'];

function comparedConfig(node: ArtifactObject): unknown {
  const type = typeOf(node);
  const apart = APART[type] ?? APART['node'] ?? [];
  const config = mappingOf(node['config']);
  const compared = new Map(writtenConfig(node));
  for (const key of hasBody(node) ? ADDED_UP : [])
    compared.set(key, settled(config[key.replace('_hook', '-hook')]));
  // That a seed is a seed goes without saying.
  if (compared.get('materialized') === type) compared.delete('materialized');
  return settled(Object.fromEntries([...compared].filter(([key]) => !apart.includes(key)).sort()));
}

function writtenConfig(node: ArtifactObject): ReadonlyMap<string, unknown> {
  const entries = Object.entries(mappingOf(node['unrendered_config']));
  return new Map(
    entries.map(([written, value]) => [
      written.replaceAll('-', '_'),
      written === 'tags' ? listOf(value).sort() : settled(value),
    ]),
  );
}

const isGenericTest = (node: ArtifactObject): boolean => isMapping(node['test_metadata']);

/** A generic test's code is its macro's call; what configuration a writer puts behind it is compared apart. */
const codeOf = (node: ArtifactObject): string => {
  const code = node['raw_code'] ?? node['raw_sql'];
  if (typeof code !== 'string') return '';
  return isGenericTest(node) ? code.replace(/\{\{ config\(.*$/s, '').trim() : code.trim();
};

const checksumOf = (node: ArtifactObject): readonly unknown[] => {
  const { name, checksum } = mappingOf(node['checksum']);
  return [name, checksum];
};

const columnTexts = (node: ArtifactObject): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(mappingOf(node['columns'])).map(([name, column]) => [
      name,
      mappingOf(column)['description'] ?? '',
    ]),
  );

const readsOf = (node: ArtifactObject): unknown[] => listOf(mappingOf(node['depends_on'])['nodes']).sort();

/** Whichever way a date is spelt. */
function momentOf(value: unknown): unknown {
  const text = value instanceof Date ? value.toISOString() : value;
  return typeof text === 'string' && !Number.isNaN(Date.parse(text)) ? Date.parse(text) : (text ?? undefined);
}
