import { patternProblem } from './field-pattern.ts';
import type {
  HttpEndpoint,
  HttpLimits,
  HttpPeriodStreamDeclaration,
  HttpSnapshotStreamDeclaration,
  HttpSourceDeclaration,
  HttpStreamDeclaration,
} from './http-declaration.ts';
import { dayProblems, positiveProblems, ratioProblems } from './number-problems.ts';
import { eventTimeProblem, mappingProblems } from './row-mapping-problems.ts';
import { arraysOf, fieldPath, placeholdersOf, rowsPathProblem } from './source-path.ts';
import { zoneProblem } from './zone-problem.ts';

const SHARD = /^[a-z][a-z0-9]{0,20}$/;
const HASH_KEY = /^[A-Z][A-Z0-9_]*$/;
const WHOLE = ['burst', 'concurrency', 'connections', 'maxBodyBytes', 'attempts', 'failures'];

/** What is wrong with an HTTP source, in words. */
export function httpSourceProblems({
  shards,
  auth,
  limits,
  slices,
  hashKey,
}: HttpSourceDeclaration): string[] {
  const problems = shards
    .filter((shard) => !SHARD.test(shard))
    .map((shard) => `shard '${shard}' must be lower-case letters and digits, a letter first, at most 21`);
  if (shards.length === 0) problems.push('there are no shards');
  if (new Set(shards).size < shards.length) problems.push('a shard is named twice');
  if (hashKey !== null && !HASH_KEY.test(hashKey))
    problems.push(`hashKey '${hashKey}' must be upper-case letters, digits and _`);
  return [...problems, ...authProblems(auth), ...limitProblems(limits), ...listingProblems(slices)];
}

function authProblems(auth: HttpSourceDeclaration['auth']): string[] {
  if (auth === null) return [];
  const problems = auth.path.startsWith('/') ? [] : ["auth: the path must begin with '/'"];
  return auth.renewBeforeMs >= 0 ? problems : [...problems, 'auth: renewBeforeMs must be 0 or more'];
}

function limitProblems({ breaker, ...limits }: HttpLimits): string[] {
  return positiveProblems({ ...limits, ...breaker }, WHOLE).map((problem) => `limits: ${problem}`);
}

function listingProblems({ endpoint, id, pattern, entities }: HttpSourceDeclaration['slices']): string[] {
  const problems = endpointProblems('slices', endpoint, []);
  const wrongPattern = pattern === null ? undefined : patternProblem(pattern);
  if (wrongPattern !== undefined) problems.push(`slices: the pattern of an id ${wrongPattern}`);
  if (!isRowPath(id)) problems.push(`slices: '${id}' is no path of an id`);
  if (entities !== null && !isRowPath(entities))
    problems.push(`slices: '${entities}' is no path of a number`);
  return problems;
}

/** A value of the row itself. */
function isRowPath(text: string): boolean {
  const path = fieldPath(text);
  return text !== '' && path !== undefined && path.variable === undefined && path.outwards === 0;
}

/** What is wrong with a stream of an HTTP source, in words. */
export function httpStreamProblems(stream: HttpStreamDeclaration): string[] {
  const { contract, entity, eventTime } = stream;
  const time = eventTimeProblem(contract, eventTime);
  return [
    ...(Object.hasOwn(contract.fields, entity) ? [] : [`entity: the contract has no field '${entity}'`]),
    ...(time === undefined ? [] : [time]),
    ...(stream.kind === 'snapshot' ? snapshotProblems(stream) : periodProblems(stream)),
  ];
}

const OF_SLICE = ['slice', 'shard', 'takenAt'];

function snapshotProblems(stream: HttpSnapshotStreamDeclaration): string[] {
  const { endpoint } = stream;
  return [
    ...endpointProblems('endpoint', endpoint, ['slice'], ['slice']),
    ...mappingProblems(stream, OF_SLICE, arraysOf(endpoint.rows)),
  ];
}

function periodProblems(stream: HttpPeriodStreamDeclaration): string[] {
  const { coarse, expected, fine, tz, firstDays, lateDays } = stream;
  const zone = zoneProblem(tz);
  const problems = [
    ...endpointProblems('coarse', coarse, ['slice', 'day'], ['slice', 'day']),
    ...endpointProblems('expected', expected.endpoint, ['slice', 'day'], ['slice']),
    ...endpointProblems('fine', fine.endpoint, ['slice', 'entity', 'day'], ['entity', 'day']),
    ...(isRowPath(expected.id) ? [] : [`expected: '${expected.id}' is no path of an id`]),
    ...(zone === undefined ? [] : [`tz: ${zone}`]),
    ...dayProblems({ firstDays, lateDays }),
    ...ratioProblems({ maxMissingRatio: fine.maxMissingRatio }),
  ];
  if (!(fine.rememberMs >= 0)) problems.push('fine: rememberMs must be 0 or more');
  // Rows of both ways are one: what the coarse call has around a row, the fine one must have too.
  const arrays = Math.min(arraysOf(coarse.rows), arraysOf(fine.endpoint.rows));
  return [...problems, ...mappingProblems(stream, [...OF_SLICE, 'day', 'way'], arrays)];
}

/**
 * @param allowed placeholders that can be filled in.
 * @param needed those without which every call would ask for the same.
 */
function endpointProblems(
  what: string,
  { path, query, rows, page }: HttpEndpoint,
  allowed: readonly string[],
  needed: readonly string[] = [],
): string[] {
  const problems: string[] = [];
  if (!path.startsWith('/') || /[?#\s]/.test(path))
    problems.push(`the path must begin with '/' and hold no query or blank`);
  const found = [path, ...Object.values(query)].flatMap(placeholdersOf);
  for (const name of new Set(found)) {
    if (!allowed.includes(name)) problems.push(`{${name}} cannot be filled in`);
  }
  for (const name of needed) if (!found.includes(name)) problems.push(`{${name}} is missing`);
  const wrongRows = rowsPathProblem(rows);
  if (wrongRows !== undefined) problems.push(wrongRows);
  if (page !== null) problems.push(...pagingProblems(page, query));
  return problems.map((problem) => `${what}: ${problem}`);
}

function pagingProblems(page: NonNullable<HttpEndpoint['page']>, query: HttpEndpoint['query']): string[] {
  const problems = positiveProblems({ limit: page.limit }, ['limit']);
  const params = [page.param, page.limitParam];
  if (params.includes('') || page.param === page.limitParam)
    problems.push('paging needs two parameters of different names');
  for (const name of params) {
    if (Object.hasOwn(query, name)) problems.push(`parameter ${name} belongs to paging`);
  }
  if (!isRowPath(page.next)) problems.push(`'${page.next}' is no path of the next cursor`);
  return problems;
}
