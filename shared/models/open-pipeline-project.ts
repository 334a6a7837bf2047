import { holdToContracts, type Streams } from './columns/hold-to-contracts.ts';
import type { LoadedProject } from './load/load-project.ts';
import { openProject } from './open-project.ts';
import { problemsError } from './project/problems-error.ts';
import type { ModelNode, ProjectOptions } from './project/project.ts';
import { ProblemList } from './project/project-problem.ts';
import { SETTINGS_FILE } from './project/project-settings.ts';
import { isMapping } from './project/read-yaml.ts';

/** What a pipeline builds aside, tests and publishes. */
const BUILT = ['view', 'table', 'incremental', 'ephemeral', 'seed'];

/**
 * Opens the project of a pipeline. What `penstock transform` builds in place and a pipeline cannot yet build aside is a problem,
 * never something that is built as if it were a table, or left out. So is a column or a JSON key that no contract and no model has.
 *
 * @param streams contracts that the rows of the source `landing` keep; of a stream that is not among them any column may be read.
 * @throws PenstockError `PROJECT_INVALID` listing every problem.
 */
export async function openPipelineProject(
  dir: string,
  options: ProjectOptions,
  streams: Streams,
): Promise<LoadedProject> {
  const project = await openProject(dir, options);
  const problems = new ProblemList();
  for (const model of project.graph.models.values()) {
    const cause = unsupportedIn(model);
    if (cause !== undefined) problems.add(model.file, 1, `${cause}; only \`penstock transform\` does that`);
  }
  for (const { settings, shown } of project.graph.packages) {
    if (settings.onRunStart.length + settings.onRunEnd.length === 0) continue;
    const line = settings.onRunStart.length > 0 ? settings.lines.onRunStart : settings.lines.onRunEnd;
    problems.add(
      `${shown}${SETTINGS_FILE}`,
      line,
      'a pipeline has no start and end to run hooks at; give models pre_hook and post_hook',
    );
  }
  const held = await holdToContracts(project, streams);
  for (const { file, line, cause } of held.problems) problems.add(file, line, cause);
  const found = problems.all();
  if (found.length > 0) throw problemsError(found);
  return { ...project, warnings: [...project.warnings, ...held.unread] };
}

function unsupportedIn({ kind, config }: ModelNode): string | undefined {
  if (kind === 'snapshot') return 'a pipeline takes no snapshots';
  if (!BUILT.includes(config.materialized))
    return `a pipeline builds ${BUILT.slice(0, -1).join(', ')}, no ${config.materialized}`;
  if (config.unlogged && config.materialized === 'incremental' && !config.overwrites)
    return 'unlogged is refused for an incremental model, whose rows could not be rebuilt after a crash, unless it overwrites partitions';
  const { contract } = config.raw;
  if (isMapping(contract) && contract['enforced'] === true)
    return 'a pipeline enforces no contracts of models';
  return undefined;
}
