import type { Settings } from '#shared/config/settings.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { openPipelineProject } from '#shared/models/open-pipeline-project.ts';
import { pipelineTarget } from '#shared/models/pipeline-target.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import type { CheckInput } from './check-input.ts';
import type { Finding } from './finding.ts';
import { wordsOf } from './words-of.ts';

/** Every pipeline's models: do they parse, and does every reference resolve. */
export async function checkProjects({ settings, pipelines }: CheckInput): Promise<Finding[]> {
  const checks = [...pipelines.values()].map(async (pipeline) => ({
    part: `models ${pipeline.name}`,
    problems: await problemsOf(pipeline, settings),
    skipped: null,
  }));
  return Promise.all(checks);
}

async function problemsOf(pipeline: PipelineDeclaration, settings: Settings): Promise<string[]> {
  try {
    await openProjectOf(pipeline, settings);
    return [];
  } catch (error) {
    return [wordsOf(error)];
  }
}

/** The pipeline's project, as the transformer opens it. */
export function openProjectOf(pipeline: PipelineDeclaration, settings: Settings): Promise<LoadedProject> {
  const target = pipelineTarget(pipeline.name, {
    database: decodeURIComponent(new URL(settings.warehouseUrl).pathname.slice(1)),
    threads: settings.modelThreads,
  });
  return openPipelineProject(pipeline.projectDir, { target });
}
