/** What is known of one model as it is published; the caller keeps it in the ledger. */
export interface ModelVersion {
  /** Changes with every publication or merge that changed rows; compared for equality only. */
  readonly version: string;
  /** Versions of what it read when it was built, by model name. */
  readonly inputVersions: Readonly<Record<string, string>>;
  readonly sqlChecksum: string;
  /** `YYYY-MM-DD` it was built for; null when it does not depend on the day. */
  readonly asOf: string | null;
}

/** State of a pipeline's models by name; absent means never built. */
export type ModelVersions = Readonly<Record<string, ModelVersion>>;

export type BuildReason = 'never built' | 'sql changed' | 'input changed' | 'as_of changed' | 'forced';

export interface PlannedModel {
  readonly name: string;
  readonly action: 'build' | 'skip';
  readonly reason: BuildReason | 'no changes';
}

/** What the plan has to know of one model, in the order of the graph. */
export interface PlanInput {
  readonly name: string;
  readonly reads: readonly string[];
  readonly sqlChecksum: string;
  /** The compiled SQL asked for `as_of`. */
  readonly dependsOnAsOf: boolean;
}

/**
 * Decides for each model whether it is built, from state alone.
 *
 * @param models selected models, each after all it reads.
 * @param asOf `YYYY-MM-DD` of the run.
 * @param force builds everything, as a full refresh does.
 */
export function planBuild(
  models: readonly PlanInput[],
  state: ModelVersions,
  asOf: string,
  force = false,
): PlannedModel[] {
  const rebuilt = new Set<string>();
  return models.map((model): PlannedModel => {
    const reason = force ? 'forced' : reasonToBuild(model, state, asOf, rebuilt);
    if (reason === undefined) return { name: model.name, action: 'skip', reason: 'no changes' };
    rebuilt.add(model.name);
    return { name: model.name, action: 'build', reason };
  });
}

/** Of an input that has none yet (a stream that has brought no row) the version is absent, empty, or the ledger's 0. */
function isSameVersion(now: string | undefined, known: string | undefined): boolean {
  const none = (version: string | undefined): boolean =>
    version === undefined || version === '' || version === '0';
  return now === known || (none(now) && none(known));
}

function reasonToBuild(
  model: PlanInput,
  state: ModelVersions,
  asOf: string,
  rebuilt: ReadonlySet<string>,
): BuildReason | undefined {
  const known = state[model.name];
  if (known === undefined) return 'never built';
  if (known.sqlChecksum !== model.sqlChecksum) return 'sql changed';
  const inputChanged = model.reads.some(
    (read) => rebuilt.has(read) || !isSameVersion(state[read]?.version, known.inputVersions[read]),
  );
  if (inputChanged) return 'input changed';
  return model.dependsOnAsOf && known.asOf !== asOf ? 'as_of changed' : undefined;
}
