import { existsSync, globSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import { configErrors } from './errors.ts';

const configSchema = z.strictObject({
  /** Globs of `pipeline.ts` files, relative to the configuration file. */
  pipelines: z.array(z.string().min(1)).default(['./pipelines/*/pipeline.ts']),
});

export type PenstockConfig = z.input<typeof configSchema>;

/** Types the default export of `penstock.config.ts`. */
export const defineConfig = (config: PenstockConfig): PenstockConfig => config;

/** Every pipeline the configuration names, by name. */
export type Pipelines = ReadonlyMap<string, PipelineDeclaration>;

/**
 * Loads `penstock.config.ts` (optional) and the pipelines it names. The engine imports none by name.
 *
 * @param configFile path; relative paths resolve against `cwd`.
 * @throws PenstockError CONFIG_FILE when a file cannot be imported, exports no pipeline, or two share a name.
 */
export async function loadPipelines(configFile: string, cwd: string): Promise<Pipelines> {
  const path = resolve(cwd, configFile);
  const config = existsSync(path) ? await importDefault(path) : {};
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) throw unusable(path, parsed.error.issues.map((issue) => issue.message).join('; '));
  const root = dirname(path);
  const files = parsed.data.pipelines.flatMap((glob) => globSync(glob, { cwd: root })).sort();
  const pipelines = new Map<string, PipelineDeclaration>();
  for (const file of files) {
    const declaration = pipelineSchema.safeParse(await importDefault(resolve(root, file)));
    if (!declaration.success) throw unusable(file, 'its default export is not made by definePipeline()');
    const { name } = declaration.data;
    if (pipelines.has(name)) throw unusable(file, `pipeline '${name}' is declared twice`);
    pipelines.set(name, declaration.data as unknown as PipelineDeclaration);
  }
  return pipelines;
}

const pipelineSchema = z.looseObject({
  name: z.string(),
  streams: z.looseObject({}),
  projectDir: z.string(),
});

async function importDefault(path: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(path).href);
    return (module as { default?: unknown }).default;
  } catch (error) {
    if (error instanceof PenstockError) throw error;
    throw unusable(path, error instanceof Error ? error.message : 'it could not be imported', error);
  }
}

function unusable(file: string, problem: string, cause?: unknown): PenstockError {
  return new PenstockError(configErrors.configFile, { file, problem }, { cause });
}

/**
 * Looks a pipeline up.
 *
 * @throws PenstockError CONFIG_UNKNOWN_PIPELINE listing the names there are.
 */
export function pipelineNamed(pipelines: Pipelines, name: string): PipelineDeclaration {
  const found = pipelines.get(name);
  if (found !== undefined) return found;
  const known = [...pipelines.keys()].join(', ') || 'none';
  throw new PenstockError(configErrors.unknownPipeline, { pipeline: name, known });
}
