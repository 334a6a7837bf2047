import { selectorInvalid } from '../criterion.ts';
import { nearestTo } from '../nearest.ts';
import { changedMacros } from './changed-macros.ts';
import { compareContracts } from './compare-contracts.ts';
import {
  hasBody,
  sameBody,
  sameConfig,
  sameContents,
  samePersistedDescriptions,
  sameRelation,
  typeOf,
} from './compare-nodes.ts';
import type { ArtifactObject, ManifestState } from './previous-state.ts';
import type { StateComparison } from './state-comparison.ts';

/** Whether a node, by unique id, is in the state asked for. */
type Check = (id: string) => boolean;

const CHECKS = [
  'new',
  'old',
  'modified',
  'unmodified',
  'modified.body',
  'modified.configs',
  'modified.persisted_descriptions',
  'modified.relation',
  'modified.macros',
  'modified.contract',
] as const;

/** Only these look at contracts, and so at models that are gone. */
const ASKS_CONTRACTS: readonly string[] = ['modified', 'unmodified', 'modified.contract'];

/**
 * The check of `state:<value>` (`StateSelectorMethod`).
 *
 * @throws PenstockError `MODEL_SELECTOR_INVALID` for another value, `MODEL_CONTRACT_BROKEN` when a version of a model no longer keeps
 * its contract.
 */
export function stateCheck(value: string, before: ManifestState, state: StateComparison): Check {
  const known = CHECKS.find((check) => check === value);
  if (known === undefined) {
    const near = nearestTo(value, CHECKS);
    throw selectorInvalid(`state:${value}`, `it is one of ${(near.length > 0 ? near : CHECKS).join(', ')}`);
  }
  if (known === 'new' || known === 'old') return (id) => before.nodes.has(id) === (known === 'old');
  const now = state.current();
  const callsChanged = changedMacros(before.macros, now.macros);
  const sameContract = ASKS_CONTRACTS.includes(known)
    ? compareContracts(before, now, state.warn)
    : () => true;
  const change = (id: string): boolean => {
    const [old, node] = [before.nodes.get(id), now.nodes.get(id)];
    return node !== undefined && isChanged(old, node, callsChanged, sameContract);
  };
  const part = (has: (node: ArtifactObject) => boolean, same: Same): Check => {
    return (id) => {
      const [old, node] = [before.nodes.get(id), now.nodes.get(id)];
      return node !== undefined && has(node) && (old === undefined || !same(node, old));
    };
  };
  switch (known) {
    case 'modified':
      return change;
    case 'unmodified':
      return (id) => !change(id);
    case 'modified.body':
      return part(hasBody, sameBody);
    case 'modified.configs':
      return part((node) => typeOf(node) !== 'unit_test', sameConfig);
    case 'modified.persisted_descriptions':
      return part(hasBody, samePersistedDescriptions);
    case 'modified.relation':
      return part((node) => hasBody(node) || typeOf(node) === 'source', sameRelation);
    case 'modified.contract':
      return part(hasBody, sameContract);
    case 'modified.macros':
      return (id) => callsChanged(now.nodes.get(id) ?? {});
  }
}

type Same = (now: ArtifactObject, before: ArtifactObject) => boolean;

function isChanged(
  old: ArtifactObject | undefined,
  node: ArtifactObject,
  callsChanged: (node: ArtifactObject) => boolean,
  sameContract: Same,
): boolean {
  // Sources and exposures that were not there before are no change, as in the original.
  const isNew = typeOf(node) !== 'source' && typeOf(node) !== 'exposure';
  const different = old === undefined ? isNew : !sameContents(node, old);
  const broken = old !== undefined && hasBody(node) && !sameContract(node, old);
  return different || broken || callsChanged(node);
}
