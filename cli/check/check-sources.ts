import type { PipelineDeclaration, SourceDeclaration } from '#shared/pipeline/declaration.ts';
import { openPostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import type { CheckInput } from './check-input.ts';
import type { Finding } from './finding.ts';
import { wordsOf } from './words-of.ts';

/** Every source of every pipeline: can it be read, and is each stream's table as its contract says. */
export async function checkSources({ settings, pipelines }: CheckInput): Promise<Finding[]> {
  const checks = [...pipelines.values()].flatMap((pipeline) =>
    Object.entries(pipeline.sources).map(async ([name, source]) => ({
      part: `source ${pipeline.name}/${name}`,
      problems: await problemsOf(pipeline, name, source, settings.sourceUrls[source.connection]),
      skipped: null,
    })),
  );
  return Promise.all(checks);
}

async function problemsOf(
  pipeline: PipelineDeclaration,
  name: string,
  { connection, marginMs }: SourceDeclaration,
  url: string | undefined,
): Promise<string[]> {
  if (url === undefined) return [`PENSTOCK_SOURCE_${connection}_URL is not set`];
  const streams = Object.entries(pipeline.streams).filter(([, stream]) => stream.source === name);
  const source = openPostgresSource({ url, name: pipeline.name, marginMs });
  try {
    return await source.check(Object.fromEntries(streams));
  } catch (error) {
    return [wordsOf(error)];
  } finally {
    await source.close();
  }
}
