import type { Pipelines } from '#shared/config/load-pipelines.ts';
import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { openPipelineProject } from '#shared/models/open-pipeline-project.ts';
import { pipelineTarget } from '#shared/models/pipeline-target.ts';

/** The dbt-style projects of the pipelines, parsed once and kept warm. */
export class Projects {
  readonly #pipelines: Pipelines;
  readonly #target: { readonly database: string; readonly threads: number };
  readonly #open = new Map<string, Promise<LoadedProject>>();

  constructor(pipelines: Pipelines, target: { readonly database: string; readonly threads: number }) {
    this.#pipelines = pipelines;
    this.#target = target;
  }

  /** @throws PROJECT_INVALID listing every problem of the project. */
  get(name: string): Promise<LoadedProject> {
    const there = this.#open.get(name);
    if (there !== undefined) return there;
    const { projectDir, streams } = pipelineNamed(this.#pipelines, name);
    const target = pipelineTarget(name, this.#target);
    const opening = openPipelineProject(projectDir, { target }, streams);
    this.#open.set(name, opening);
    // A project that was broken may be mended before the next run.
    opening.catch(() => this.#open.delete(name));
    return opening;
  }
}
