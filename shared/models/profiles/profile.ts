import type { Target } from '../project/project.ts';
import type { ProjectProblem } from '../project/project-problem.ts';
import type { ProfileSearch } from './find-profiles-file.ts';
import type { OtherConnection } from './other-connection.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import type { SecretYamlScope } from './secret-yaml.ts';

/** How a target is reached. `warehouseConfig()` answers what a pool is opened with, or fails for a type without an adapter. */
export type Connection = PostgresConnection | OtherConnection;

/** One target of a profile, rendered and checked. */
export interface Profile {
  /** Absolute path of the file it is from. */
  readonly file: string;
  readonly name: string;
  readonly target: Target;
  readonly connection: Connection;
  /** Keys nothing reads. */
  readonly warnings: readonly ProjectProblem[];
}

/** Which profile and target to read, and what its templates may see. */
export interface ProfileRequest extends ProfileSearch, SecretYamlScope {
  /** `--profile`, over the one the project names. */
  readonly profile?: string | undefined;
  /** `--target`, over the one the profile names. */
  readonly target?: string | undefined;
  /** `--threads`, over the output's. */
  readonly threads?: number | undefined;
}
