import type { StateComparison } from '../state/state-comparison.ts';

/** What methods need beside the nodes. */
export interface MatchContext {
  /** Name of the root project: `package:this`. */
  readonly projectName: string;
  /** Files and folders of the root project that nodes come from; `.` is the project itself. */
  readonly rootPaths: ReadonlySet<string>;
  /** An earlier invocation; undefined when none was given. */
  readonly state?: StateComparison | undefined;
  /** Unique ids that a selector of `selectors.yml` means. @throws PenstockError `MODEL_SELECTOR_INVALID` */
  readonly named: (selector: string) => ReadonlySet<string>;
}
