import type { Environment } from '#shared/template/create-environment.ts';
import type { ProjectScope } from '../compile/render-scope.ts';
import type { DocNode } from '../project/other-resources.ts';
import type { ProjectPackage } from '../project/project-package.ts';
import type { ProblemList } from '../project/project-problem.ts';
import type { ProjectProperties } from '../project/properties.ts';

/** What the parts of loading one package share. */
export interface Loading {
  readonly root: ProjectPackage;
  readonly own: ProjectPackage;
  /** Of this package. */
  readonly properties: ProjectProperties;
  /** Of this package. */
  readonly docs: readonly DocNode[];
  /** Of this package: its variables. */
  readonly scope: ProjectScope;
  readonly environment: Environment;
  readonly problems: ProblemList;
}
