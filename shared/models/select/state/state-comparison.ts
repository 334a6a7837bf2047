import type { ManifestState, PreviousState } from './previous-state.ts';

/** An earlier invocation and the project as it is now. */
export interface StateComparison {
  readonly previous: PreviousState;
  /** The project as a manifest has it; made when it is first needed. */
  readonly current: () => ManifestState;
  /** What `sources.json` of this project's own artifacts says; undefined when there is none. */
  readonly loadedAt: ReadonlyMap<string, string> | undefined;
  /** Told of changes that break a contract and of seeds too large to compare. */
  readonly warn: (message: string) => void;
}
