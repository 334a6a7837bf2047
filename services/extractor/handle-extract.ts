import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { StreamDeclaration } from '#shared/pipeline/declaration.ts';
import { taskErrors } from '#shared/task-runner/errors.ts';
import type { TaskWork } from '#shared/task-runner/task-runner.ts';
import { extractWindow } from './cursor/extract-window.ts';
import type { ExtractorDeps } from './extractor-deps.ts';
import { extractListedSlice } from './listed/extract-listed-slice.ts';
import { extractObjects } from './objects/extract-objects.ts';

/** Reads one slice of a stream and lands its rows, as the stream's kind says. */
export function extractSlice(deps: ExtractorDeps): TaskWork {
  const listed = extractListedSlice(deps);
  const works: Readonly<Record<StreamDeclaration['kind'], TaskWork>> = {
    cursor: extractWindow(deps),
    snapshot: listed,
    period: listed,
    objects: extractObjects(deps),
  };
  return (task, context) => {
    const stream = pipelineNamed(deps.pipelines, task.pipeline).streams[task.stream];
    if (stream !== undefined) return works[stream.kind](task, context);
    throw new PenstockError(taskErrors.unknownPart, { pipeline: task.pipeline, stream: task.stream });
  };
}
