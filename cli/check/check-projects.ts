import type { Settings } from '#shared/config/settings.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { openPipelineProject } from '#shared/models/open-pipeline-project.ts';
import { pipelineTarget } from '#shared/models/pipeline-target.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import type { CheckInput } from './check-input.ts';
import type { Finding } from './finding.ts';
import { wordsOf } from './words-of.ts';

/** Every pipeline's models: do they parse, does every reference resolve, and do they read only what contracts let in. */
export async function checkProjects({ settings, pipelines }: CheckInput): Promise<Finding[]> {
  return Promise.all([...pipelines.values()].map((pipeline) => checkProject(pipeline, settings)));
}

async function checkProject(pipeline: PipelineDeclaration, settings: Settings): Promise<Finding> {
  const part = `models ${pipeline.name}`;
  try {
    const { warnings } = await openProjectOf(pipeline, settings);
    const told = warnings.map(({ file, line, cause }) => `${file}:${line} ${cause}`);
    return { part, problems: [], skipped: null, ...(told.length === 0 ? {} : { warnings: told }) };
  } catch (error) {
    return { part, problems: [wordsOf(error)], skipped: null };
  }
}

/** The pipeline's project, as the transformer opens it. */
export function openProjectOf(pipeline: PipelineDeclaration, settings: Settings): Promise<LoadedProject> {
  const target = pipelineTarget(pipeline.name, {
    database: decodeURIComponent(new URL(settings.warehouseUrl).pathname.slice(1)),
    threads: settings.modelThreads,
  });
  return openPipelineProject(pipeline.projectDir, { target }, pipeline.streams);
}
