import type { Target } from './project/project.ts';

/**
 * The target a pipeline's project is opened for: the same for who builds and who only plans, or both would take the other's SQL for
 * changed.
 *
 * @param where name of the warehouse's database, threads at most.
 */
export function pipelineTarget(
  pipeline: string,
  where: { readonly database: string; readonly threads: number },
): Target {
  // A pooler may call the database by another name: SQL that names it would change with the pooler.
  return { name: 'penstock', type: 'postgres', schema: pipeline, printDatabase: false, ...where };
}
