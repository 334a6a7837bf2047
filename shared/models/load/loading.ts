import type { Environment } from '#shared/template/create-environment.ts';
import type { ProjectScope } from '../compile/render-scope.ts';
import type { ProblemList } from '../project/project-problem.ts';
import type { ProjectSettings } from '../project/project-settings.ts';
import type { ProjectProperties } from '../project/properties.ts';

/** What the parts of loading share. */
export interface Loading {
  readonly dir: string;
  readonly settings: ProjectSettings;
  readonly properties: ProjectProperties;
  readonly scope: ProjectScope;
  readonly environment: Environment;
  readonly problems: ProblemList;
}
