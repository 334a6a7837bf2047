import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { AdapterConnection } from '../../adapter/adapter.ts';
import { publishedResolution, type Resolution } from '../../compile/compile-model.ts';
import { replaceInLiterals } from '../../compile/replace-in-literals.ts';
import { modelErrors } from '../../errors.ts';
import type { NodeRun } from '../../execute/run-node.ts';
import { asideRunId, candidatePrefix } from '../../publish/aside-names.ts';
import type { BuildTag } from '../../publish/candidate-names.ts';
import { errorOutcome } from '../error-outcome.ts';
import type { InvokeOptions } from '../invocation.ts';
import { isFailure, type NodeOutcome, type NodeResult } from '../node-result.ts';
import type { WorkPlan } from '../plan-work.ts';
import { runTestWork } from '../run-test-work.ts';
import type { TestWork, Work } from '../work.ts';
import type { AuditOptions } from './audit-options.ts';
import { type AuditPlan, planAudit } from './audit-plan.ts';
import { dropEnded } from './drop-ended.ts';
import { publishCandidates } from './publish-candidates.ts';

/** An invocation that writes aside, audits, and publishes what passed. */
export type AuditedOptions = InvokeOptions & { readonly audit: AuditOptions };

/**
 * One build by write, audit, publish: relations are made under names of this run, everything in the run reads these, tests run on
 * them, and what passed gets its name in one transaction at the end.
 */
export class AuditedRun {
  readonly tag: BuildTag;
  readonly resolution: Resolution;
  readonly #options: AuditedOptions;
  readonly #plan: WorkPlan;
  readonly #audit: AuditPlan;
  readonly #built = new Set<string>();
  /** What tests said inside of a transaction, by unique id. */
  readonly #said = new Map<string, NodeOutcome>();
  #letGo: () => Promise<void> = async () => {};

  private constructor(options: AuditedOptions, plan: WorkPlan, audit: AuditPlan, tag: BuildTag) {
    this.#options = options;
    this.#plan = plan;
    this.#audit = audit;
    this.tag = tag;
    const { resolution = publishedResolution } = options;
    this.resolution = {
      ...resolution,
      resolveRef: (model) => this.#candidateOf(model.uniqueId) ?? resolution.resolveRef(model),
    };
  }

  /** Plans it, and removes what runs that were killed left behind. @throws PenstockError of the server. */
  static async open(options: AuditedOptions, plan: WorkPlan): Promise<AuditedRun> {
    const { audit, run } = options;
    const tag = { runId: asideRunId(run.invocationId), attempt: 1 };
    const opened = new AuditedRun(options, plan, await planAudit(options, plan, tag.runId), tag);
    const schemas = [...new Set([...opened.#audit.aside.values()].map(({ stable }) => stable.schema))];
    await audit.publisher.ensureSchemas(schemas);
    await dropEnded(audit.publisher, schemas);
    opened.#letGo = await audit.publisher.hold(tag.runId);
    return opened;
  }

  /** How one node is built: under which name, or with which tests before its commit. */
  waysOf(work: Work): Pick<NodeRun, 'into' | 'audit' | 'rewrite'> {
    const rewrite = this.#rewrite;
    const aside = this.#audit.aside.get(work.id);
    if (aside !== undefined) return { into: aside.candidate, rewrite };
    const tests = this.#audit.inside.get(work.id) ?? [];
    return { rewrite, audit: (connection) => this.#runInside(tests, connection) };
  }

  /** Those after it read what it made. */
  hasBuilt(work: Work, { status }: NodeOutcome): void {
    if (status === 'success' && this.#audit.aside.has(work.id)) this.#built.add(work.id);
  }

  /** What a test has said already. */
  knownOf(work: Work): NodeOutcome | undefined {
    return this.#said.get(work.id);
  }

  /** Publishes what passed. @returns the results, with what was not published no longer among the successes. */
  publish(results: readonly NodeResult[]): Promise<readonly NodeResult[]> {
    return publishCandidates(this.#options, this.#plan, this.#audit, results, this.tag);
  }

  /** Lets others know that nothing is needed any more. */
  end(): Promise<void> {
    return this.#letGo();
  }

  /** Names of relations that are data, not names, are those that readers will know. */
  readonly #rewrite = (sql: string): string =>
    replaceInLiterals(sql, candidatePrefix(this.tag.runId), () =>
      [...this.#audit.aside.values()].map(({ candidate, stable }) => [candidate.name, stable.name]),
    );

  #candidateOf(id: string) {
    return this.#built.has(id) ? this.#audit.aside.get(id)?.candidate : undefined;
  }

  async #runInside(tests: readonly TestWork[], connection: AdapterConnection): Promise<void> {
    const failed: string[] = [];
    for (const { id, node } of tests) {
      const options = { ...this.#options, resolution: this.resolution };
      const outcome = await runTestWork(options, node, connection, false).catch(errorOutcome);
      // Of a microbatch model every batch is tested: one that passes takes back nothing.
      const earlier = this.#said.get(id);
      if (earlier === undefined || !isFailure(earlier)) this.#said.set(id, outcome);
      if (isFailure(outcome)) failed.push(`${node.name} (${outcome.message ?? ''})`);
      // After an error the server refuses everything else in the transaction.
      if (outcome.status === 'error') break;
    }
    if (failed.length > 0) throw new PenstockError(modelErrors.auditFailed, { tests: failed.join(', ') });
  }
}
