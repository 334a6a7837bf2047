import type { Environment } from '#shared/config/settings.ts';
import type { ProcessControl } from '#shared/lifecycle/run-until-signal.ts';

/** What a verb may use of the outside world; `main.ts` fills it in. */
export interface CliContext {
  readonly environment: Environment;
  readonly cwd: string;
  readonly control: ProcessControl;
  /** Writes to standard output, without a line end. */
  readonly write: (text: string) => void;
  /** What the process ends with once the verb is done; 0 unless it was called. */
  readonly setExitCode: (code: number) => void;
  /** True when standard output is a terminal that wants colour and motion. */
  readonly interactive: boolean;
  readonly color: boolean;
}
