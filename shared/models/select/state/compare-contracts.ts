import { isDeepStrictEqual } from 'node:util';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../../errors.ts';
import { listOf } from '../../project/config-tree.ts';
import { isMapping, mappingOf } from '../../project/read-yaml.ts';
import { typeOf } from './compare-nodes.ts';
import type { ArtifactObject, ManifestState } from './previous-state.ts';

/**
 * Whether a model's contract is what it was (`ModelNode.same_contract`). A change that breaks readers is a warning, and an error for a
 * model with versions: what a version promises is kept until another version takes its place.
 *
 * Models that are gone are looked at at once.
 *
 * @throws PenstockError `MODEL_CONTRACT_BROKEN`
 */
export function compareContracts(
  before: ManifestState,
  now: ManifestState,
  warn: (message: string) => void,
): (now: ArtifactObject, before: ArtifactObject) => boolean {
  const told = new Set<string>();
  const report = (node: ArtifactObject, changes: readonly string[]): void => {
    const id = String(node['unique_id']);
    if (changes.length === 0 || told.has(id)) return;
    told.add(id);
    const list = changes.join('; ');
    if ((node['version'] ?? null) !== null)
      throw new PenstockError(modelErrors.contractBroken, { model: id, changes: list });
    warn(`the contract of ${id} is broken for its readers: ${list}`);
  };
  for (const [id, old] of before.nodes) {
    if (now.nodes.has(id) || !isEnforced(old) || isPast(old['deprecation_date'])) continue;
    report(old, ['the model was deleted, renamed or disabled']);
  }
  return (node, old) => {
    if (typeOf(node) !== 'model' || (!isEnforced(old) && !isEnforced(node))) return true;
    if (isEnforced(node) && isEnforced(old) && isDeepStrictEqual(promiseOf(node), promiseOf(old)))
      return true;
    if (isEnforced(old)) report(node, breaksOf(node, old));
    return false;
  };
}

/** What is promised to readers: the original keeps a checksum of the same. */
function promiseOf(model: ArtifactObject): unknown {
  const columns = [...columnsOf(model)].sort(([one], [other]) => (one < other ? -1 : 1));
  return [columns, ...(isBuilt(model) ? [materialized(model), constraintsOf(model['constraints'])] : [])];
}

function breaksOf(node: ArtifactObject, old: ArtifactObject): string[] {
  const breaks = isEnforced(node) ? [] : ['the contract is no longer enforced'];
  const columns = columnsOf(node);
  let hadConstraints = constraintsOf(old['constraints']).length > 0;
  for (const [name, column] of columnsOf(old)) {
    const mine = columns.get(name);
    hadConstraints ||= column.constraints.length > 0;
    if (mine === undefined) breaks.push(`column ${name} was removed`);
    else if (mine.type !== column.type)
      breaks.push(`column ${name} was ${String(column.type)} and is ${String(mine.type)}`);
    if (mine !== undefined && isBuilt(old))
      breaks.push(...lost(column.constraints, mine.constraints, ` of column ${name}`));
  }
  if (isBuilt(old))
    breaks.push(...lost(constraintsOf(old['constraints']), constraintsOf(node['constraints']), ''));
  if (isBuilt(old) && !isBuilt(node) && hadConstraints)
    breaks.push(`it was a ${materialized(old)} with constraints and is a ${materialized(node)}`);
  return breaks;
}

/** Constraints that were there; `custom` ones are enforced by nothing we know of. */
const lost = (old: readonly Constraint[], now: readonly Constraint[], where: string): string[] =>
  old
    .filter((one) => one['type'] !== 'custom' && !now.some((other) => isDeepStrictEqual(one, other)))
    .map((one) => `constraint ${String(one['name'] ?? one['type'])}${where} was removed`);

type Constraint = Readonly<Record<string, unknown>>;

interface Column {
  readonly type: unknown;
  readonly constraints: readonly Constraint[];
}

const columnsOf = (model: ArtifactObject): ReadonlyMap<string, Column> =>
  new Map(
    Object.entries(mappingOf(model['columns'])).map(([name, value]) => {
      const column = mappingOf(value);
      return [
        name,
        { type: column['data_type'] ?? null, constraints: constraintsOf(column['constraints']) },
      ] as const;
    }),
  );

/** Without what is null or a default: writers differ in what they spell out. */
const constraintsOf = (value: unknown): Constraint[] =>
  listOf(value)
    .filter(isMapping)
    .map((constraint) =>
      Object.fromEntries(
        Object.entries(constraint).filter(
          ([key, item]) =>
            item !== null && !(Array.isArray(item) && item.length === 0) && !key.startsWith('warn_'),
        ),
      ),
    );

const isEnforced = (node: ArtifactObject): boolean => mappingOf(node['contract'])['enforced'] === true;
const materialized = (node: ArtifactObject): string => String(mappingOf(node['config'])['materialized']);
/** Only these write constraints to the database. */
const isBuilt = (node: ArtifactObject): boolean => ['table', 'incremental'].includes(materialized(node));
const isPast = (date: unknown): boolean => typeof date === 'string' && Date.parse(date) < Date.now();
