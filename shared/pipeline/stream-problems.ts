import type { Contract } from './contract.ts';
import { cursorProblems } from './cursor-problems.ts';
import type { PipelineDeclaration, SourceDeclaration, StreamDeclaration } from './declaration.ts';
import { httpSourceProblems, httpStreamProblems } from './http-problems.ts';
import { positiveProblems, ratioProblems } from './number-problems.ts';
import type { ObjectStreamDeclaration } from './objects-declaration.ts';
import { hashes, mappingProblems } from './row-mapping-problems.ts';

const CONNECTION = /^[A-Z][A-Z0-9_]*$/;

/** Kind of source that a kind of stream is read from. */
const SOURCE_OF = { cursor: 'postgres', snapshot: 'http', period: 'http', objects: 'objects' } as const;

/** What is wrong with a source, in words. */
export function sourceProblems(source: SourceDeclaration): string[] {
  const problems = CONNECTION.test(source.connection)
    ? []
    : [`connection '${source.connection}' must be upper-case letters, digits and _`];
  return source.kind === 'http' ? [...problems, ...httpSourceProblems(source)] : problems;
}

/** What is wrong with a stream, in words. */
export function streamProblems(of: PipelineDeclaration, stream: StreamDeclaration): string[] {
  return [...originProblems(of, stream), ...sizeProblems(stream), ...kindProblems(stream)];
}

function originProblems(of: PipelineDeclaration, stream: StreamDeclaration): string[] {
  const source = Object.hasOwn(of.sources, stream.source) ? of.sources[stream.source] : undefined;
  if (source === undefined) return [`no source '${stream.source}'`];
  const problems: string[] = [];
  if (source.kind !== SOURCE_OF[stream.kind])
    problems.push(
      `a stream of kind ${stream.kind} is read from a source of kind ${SOURCE_OF[stream.kind]}, and '${stream.source}' is ${source.kind}`,
    );
  const hasKey = source.kind === 'http' && source.hashKey !== null;
  if (hashes(stream.contract) && !hasKey)
    problems.push(`a field is hashed, and source '${stream.source}' has no hashKey`);
  return problems;
}

function sizeProblems({ maxRejectedRatio, targetFileBytes }: StreamDeclaration): string[] {
  return [
    ...ratioProblems({ maxRejectedRatio }),
    ...positiveProblems({ targetFileBytes }, ['targetFileBytes']),
  ];
}

function kindProblems(stream: StreamDeclaration): string[] {
  if (stream.kind === 'cursor') return [...cursorProblems(stream), ...unkeptShapes(stream.contract)];
  return stream.kind === 'objects' ? objectProblems(stream) : httpStreamProblems(stream);
}

/** Rows of a database are not projected: a key that the shape does not name would land. */
function unkeptShapes({ fields }: Contract): string[] {
  return Object.entries(fields)
    .filter(([, { shape }]) => shape !== undefined)
    .map(([name]) => `field ${name}: a shape is not kept for rows of a database; select its keys as columns`);
}

function objectProblems(stream: ObjectStreamDeclaration): string[] {
  const { prefix, match, maxObjectBytes } = stream;
  const problems = positiveProblems({ maxObjectBytes }, ['maxObjectBytes']);
  if (prefix.startsWith('/')) problems.push("prefix: keys of objects do not begin with '/'");
  try {
    new RegExp(match, 'u');
  } catch {
    problems.push('match is no regular expression');
  }
  return [...problems, ...mappingProblems(stream, ['key', 'modifiedAt'], 0)];
}
