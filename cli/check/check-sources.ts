import type {
  PipelineDeclaration,
  PostgresSourceDeclaration,
  PostgresStreamDeclaration,
  SourceDeclaration,
} from '#shared/pipeline/declaration.ts';
import { connectionsOf } from '#shared/pipeline/source-connections.ts';
import { openObjectSource } from '#shared/sources/objects/object-source.ts';
import { openPostgresSource } from '#shared/sources/postgres/open-postgres-source.ts';
import { apiProblems } from './check-api.ts';
import type { CheckInput } from './check-input.ts';
import type { Finding } from './finding.ts';
import { wordsOf } from './words-of.ts';

type Urls = CheckInput['settings']['sourceUrls'];

/** Every source of every pipeline: is it configured, can it be read, and is each stream's table as its contract says. */
export async function checkSources({ settings, pipelines }: CheckInput): Promise<Finding[]> {
  const checks = [...pipelines.values()].flatMap((pipeline) =>
    Object.entries(pipeline.sources).map(async ([name, source]) => ({
      part: `source ${pipeline.name}/${name}`,
      problems: await problemsOf(pipeline, name, source, settings.sourceUrls),
      skipped: null,
    })),
  );
  return Promise.all(checks);
}

async function problemsOf(
  pipeline: PipelineDeclaration,
  name: string,
  source: SourceDeclaration,
  urls: Urls,
): Promise<string[]> {
  const problems = connectionsOf(source).flatMap((connection) => urlProblems(source, connection, urls));
  if (problems.length > 0) return problems;
  if (source.kind === 'http') return apiProblems(pipeline.name, source, urls);
  const url = urls[source.connection] ?? '';
  return source.kind === 'objects'
    ? bucketProblems(name, url)
    : databaseProblems(pipeline, name, source, url);
}

async function bucketProblems(name: string, url: string): Promise<string[]> {
  try {
    const source = openObjectSource({ url, name });
    try {
      return await source.check();
    } finally {
      await source.close();
    }
  } catch (error) {
    return [wordsOf(error)];
  }
}

const SCHEMES = { postgres: ['postgres', 'postgresql'], http: ['http', 'https'], objects: ['s3'] } as const;

function urlProblems({ kind }: SourceDeclaration, connection: string, urls: Urls): string[] {
  const variable = `PENSTOCK_SOURCE_${connection}_URL`;
  const url = urls[connection];
  if (url === undefined) return [`${variable} is not set`];
  const scheme = /^([a-z0-9+.-]+):\/\//.exec(url)?.[1];
  const known: readonly string[] = SCHEMES[kind];
  return known.includes(scheme ?? '')
    ? []
    : [`${variable} must begin with ${known.map((one) => `${one}://`).join(' or ')}`];
}

async function databaseProblems(
  pipeline: PipelineDeclaration,
  name: string,
  { marginMs }: PostgresSourceDeclaration,
  url: string,
): Promise<string[]> {
  const streams = Object.entries(pipeline.streams).filter(
    (entry): entry is [string, PostgresStreamDeclaration] =>
      entry[1].source === name && entry[1].kind === 'cursor',
  );
  const source = openPostgresSource({ url, name: pipeline.name, marginMs });
  try {
    return await source.check(Object.fromEntries(streams));
  } catch (error) {
    return [wordsOf(error)];
  } finally {
    await source.close();
  }
}
