import type { NodeScope } from '../compile/render-scope.ts';
import type { LoadedProject } from '../load/load-project.ts';

/** Who is rendered when a hook of the project, an operation or an inline query is: it has no relation of its own. */
export function operationNode(
  { graph }: LoadedProject,
  uniqueId: string,
  packageName: string,
  file = 'dbt_project.yml',
): NodeScope {
  const name = uniqueId.split('.').at(-1) ?? uniqueId;
  return {
    name,
    packageName,
    uniqueId,
    version: undefined,
    file,
    originalFile: file,
    fqn: [packageName, 'hooks', name],
    resourceType: 'operation',
    config: {},
    relation: { schema: graph.options.target.schema, name },
  };
}
