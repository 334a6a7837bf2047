import type { DependentOutcome, PublishResult, Swap } from '../../model-warehouse.ts';
import type { BuildTag } from '../../publish/candidate-names.ts';
import { DEFAULT_LIMITS } from '../../publish/default-limits.ts';
import { describeFailure } from '../describe-failure.ts';
import { isFailure, type NodeResult } from '../node-result.ts';
import type { WorkPlan } from '../plan-work.ts';
import type { Aside, AuditPlan } from './audit-plan.ts';
import type { AuditedOptions } from './audited-run.ts';
import { type Judgement, judgeCandidates } from './judge-candidates.ts';

/**
 * Gives every candidate that passed its name, all in one transaction; keeps those that tests refused for inspection, and drops the
 * rest. After an abort nothing is published.
 *
 * @returns the results; what was built and is not public is an error, or skipped, and says why.
 */
export async function publishCandidates(
  options: AuditedOptions,
  plan: WorkPlan,
  audit: AuditPlan,
  results: readonly NodeResult[],
  tag: BuildTag,
): Promise<readonly NodeResult[]> {
  const { publisher } = options.audit;
  if (options.signal?.aborted) {
    await publisher.drop([...audit.aside.values()].map(({ candidate }) => candidate));
    return results.map((result) =>
      isBuilt(audit, result) ? withheld(result, 'skipped', 'cancelled') : result,
    );
  }
  const judgement = judgeCandidates({
    graph: plan.graph,
    results,
    aside: [...audit.aside.keys()],
    tests: testsOf(plan, options),
  });
  const failure = await publishPassed(options, audit, judgement, tag);
  await tidy(options, audit, judgement);
  return results.map((result) => {
    const { uniqueId: id } = result;
    const blocked = judgement.blocked.get(id);
    const below = judgement.below.get(id);
    if (blocked !== undefined)
      return withheld(result, 'error', `${blocked}; kept as ${nameOf(audit.aside.get(id)?.candidate)}`);
    if (below !== undefined) return withheld(result, 'skipped', below);
    return failure !== undefined && judgement.passed.includes(id)
      ? withheld(result, 'error', failure)
      : result;
  });
}

/** @returns why the publication failed, as a whole; undefined when it did not. */
async function publishPassed(
  options: AuditedOptions,
  audit: AuditPlan,
  { passed, blocked, below }: Judgement,
  tag: BuildTag,
): Promise<string | undefined> {
  const { publisher, limits } = options.audit;
  const swaps = passed.flatMap((id): Swap[] => {
    const aside = audit.aside.get(id);
    return aside === undefined ? [] : [{ model: id, config: undefined, ...aside }];
  });
  if (swaps.length === 0) return undefined;
  const started = performance.now();
  const heldBack = [...blocked.keys(), ...below.keys()].flatMap((id) => audit.aside.get(id)?.stable ?? []);
  try {
    const published = await publisher.publish(
      {
        ...{ swaps, heldBack, tag, outcome: {} },
        marker: { runId: tag.runId, stream: 'publish', batch: options.run.invocationId },
        limits: { ...DEFAULT_LIMITS, ...limits },
      },
      options.signal,
    );
    tellPublished(options, swaps.length, published, performance.now() - started);
    return undefined;
  } catch (error) {
    await publisher.drop(swaps.map(({ candidate }) => candidate));
    return describeFailure(error);
  }
}

function tellPublished(
  { onEvent }: AuditedOptions,
  count: number,
  { dependents }: PublishResult,
  ms: number,
): void {
  const tell = (level: 'info' | 'warn', text: string): void =>
    onEvent({ type: 'message', level, text, node: null, print: false });
  tell('info', `Published ${count} relation${count === 1 ? '' : 's'} together [${(ms / 1_000).toFixed(2)}s]`);
  for (const dependent of dependents) {
    if (dependent.outcome === 'left') tell('warn', leftLine(dependent));
  }
}

const leftLine = ({ relation, of, reason }: DependentOutcome): string =>
  `${nameOf(relation)} still reads what ${nameOf(of)} was before: ${reason}`;

async function tidy(
  { audit: { publisher } }: AuditedOptions,
  { aside }: AuditPlan,
  { passed, blocked }: Judgement,
): Promise<void> {
  for (const [id, reason] of blocked) {
    const candidate = aside.get(id)?.candidate;
    if (candidate !== undefined) await publisher.keepFailed(candidate, reason);
  }
  const dropped = [...aside].filter(([id]) => !passed.includes(id) && !blocked.has(id));
  await publisher.drop(dropped.map(([, { candidate }]) => candidate).reverse());
}

function testsOf({ works }: WorkPlan, { project }: AuditedOptions) {
  return [...works.values()].flatMap((work) => {
    if (work.kind !== 'test') return [];
    const { id, node } = work;
    const subject =
      node.subject?.kind === 'ref' ? project.graph.models.get(node.subject.key)?.uniqueId : undefined;
    return [{ id, subject }];
  });
}

const isBuilt = ({ aside }: AuditPlan, { uniqueId, status }: NodeResult): boolean =>
  aside.has(uniqueId) && status === 'success';

/** Batches of what is not public were not done, as far as a retry is concerned. */
function withheld(result: NodeResult, status: 'error' | 'skipped', why: string): NodeResult {
  const { batchResults: _, ...rest } = result;
  const said = isFailure(result) ? `\n${result.message ?? ''}` : '';
  return { ...rest, status, message: `built, and not published: ${why}${said}` };
}

const nameOf = (relation: Aside['stable'] | undefined): string =>
  relation === undefined ? '' : `${relation.schema}.${relation.name}`;
