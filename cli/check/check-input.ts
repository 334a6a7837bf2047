import type { Pipelines } from '#shared/config/load-pipelines.ts';
import type { Settings } from '#shared/config/settings.ts';

/** What every check gets. */
export interface CheckInput {
  readonly settings: Settings;
  readonly pipelines: Pipelines;
}
