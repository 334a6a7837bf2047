import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../../errors.ts';
import type { SelectableNode } from '../selectable-node.ts';
import { stateCheck } from '../state/state-check.ts';
import type { MatchContext } from './match-context.ts';

/** `state:modified` and the others, against an earlier manifest. @throws PenstockError `MODEL_STATE_MISSING` */
export function stateMatcher(value: string, { state }: MatchContext): (node: SelectableNode) => boolean {
  const before = state?.previous.manifest;
  if (state === undefined || before === undefined)
    throw missing('state', 'manifest.json', state?.previous.folder);
  const check = stateCheck(value, before, state);
  return ({ uniqueId }) => check(uniqueId);
}

/** `result:error`: what ended so in an earlier invocation. */
export function resultMatcher(value: string, { state }: MatchContext): (node: SelectableNode) => boolean {
  const results = state?.previous.results;
  if (results === undefined) throw missing('result', 'run_results.json', state?.previous.folder);
  return ({ uniqueId }) => results.get(uniqueId) === value;
}

/** `source_status:fresher`: source tables loaded since the earlier measuring, or measured for the first time. */
export function sourceStatusMatcher(
  value: string,
  { state }: MatchContext,
): (node: SelectableNode) => boolean {
  const before = state?.previous.loadedAt;
  if (before === undefined) throw missing('source_status', 'sources.json', state?.previous.folder);
  const now = state?.loadedAt;
  if (now === undefined)
    throw missing('source_status', 'sources.json of this project; measure freshness first', undefined);
  return ({ uniqueId }) => {
    const [loaded, earlier] = [now.get(uniqueId), before.get(uniqueId)];
    if (value !== 'fresher' || loaded === undefined) return false;
    return earlier === undefined || Date.parse(loaded) > Date.parse(earlier);
  };
}

const missing = (method: string, file: string, folder: string | undefined): PenstockError =>
  new PenstockError(modelErrors.stateMissing, { method, file, folder: folder ?? null });
