import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Adapter, AdapterConnection, ColumnInfo, ResultValue } from '../adapter/adapter.ts';
import { compileSql, modelNamed, publishedResolution } from '../compile/compile-model.ts';
import { modelErrors } from '../errors.ts';
import type { ModelNode } from '../project/project.ts';
import type { InvokeOptions } from './invocation.ts';

/** A model to be compared with what stands. */
export interface DiffRequest
  extends Pick<InvokeOptions, 'project' | 'adapter' | 'run' | 'onEvent' | 'signal'> {
  /** As in the graph. */
  readonly key: string;
}

/** A column that is not the same on both sides. */
export interface ColumnDiff {
  readonly column: string;
  readonly change: 'added' | 'removed' | 'type';
  /** Types; null where the column is missing. */
  readonly published: string | null;
  readonly candidate: string | null;
}

/** How a candidate differs from what is published. Counts only: no value of a row. */
export interface ModelDiff {
  readonly model: string;
  readonly relation: string;
  /** False: there is nothing to compare with; only the candidate's rows are counted. */
  readonly isPublished: boolean;
  readonly columns: readonly ColumnDiff[];
  readonly rows: { readonly published: bigint; readonly candidate: bigint };
  /** Rows of one side that the other has not, compared in the columns both have; a row that comes twice counts twice. */
  readonly onlyPublished: bigint;
  readonly onlyCandidate: bigint;
  /** With a unique key: keys on both sides whose rows differ, and in which columns. */
  readonly changed:
    | { readonly keys: bigint; readonly byColumn: Readonly<Record<string, bigint>> }
    | undefined;
}

/**
 * Builds a model as a table in a schema that is thrown away, whole even when it is incremental, and compares it with the relation that
 * stands. Nothing that is published changes.
 */
export async function diffModel(request: DiffRequest): Promise<ModelDiff> {
  const { project, adapter, key, signal } = request;
  const model = modelNamed(project, key);
  if (model.kind !== 'model' || model.config.materialized === 'ephemeral')
    throw new PenstockError(modelErrors.notComparable, { model: key });
  const connection = await adapter.connect(`diff ${model.uniqueId}`, signal);
  try {
    // One transaction that is rolled back: the schema was never there for anybody else, also after a crash.
    await connection.begin();
    return await compare(request, model, connection);
  } finally {
    if (connection.inTransaction) await connection.rollback();
    await connection.release();
  }
}

const ASIDE = 'penstock_diff';

async function compare(
  { project, adapter, run }: DiffRequest,
  model: ModelNode,
  connection: AdapterConnection,
): Promise<ModelDiff> {
  const sql = await compileSql(project, model.key, { run, ...publishedResolution, connection });
  const aside = `${ASIDE}_${run.invocationId.replaceAll('-', '').slice(0, 12)}`;
  const candidate = nameOf(adapter, aside, model.relation.name);
  const published = nameOf(adapter, model.relation.schema, model.relation.name);
  const parts = { database: null, identifier: model.relation.name };
  await connection.execute(`create schema ${adapter.quote(aside)}`);
  await connection.execute(`create table ${candidate} as (\n${sql}\n)`);
  const after = await connection.columns({ ...parts, schema: aside });
  const before = await connection.columns({ ...parts, schema: model.relation.schema });
  const shared = after.filter(({ name }) => before.some((column) => column.name === name));
  const comparing = { connection, adapter, candidate, published, columns: shared.map(({ name }) => name) };
  const isPublished = before.length > 0;
  return {
    model: model.key,
    relation: `${model.relation.schema}.${model.relation.name}`,
    isPublished,
    columns: isPublished ? columnDiffs(before, after) : [],
    rows: {
      candidate: await count(connection, `select count(*) from ${candidate}`),
      published: isPublished ? await count(connection, `select count(*) from ${published}`) : 0n,
    },
    onlyCandidate: isPublished ? await onlyIn(comparing, candidate, published) : 0n,
    onlyPublished: isPublished ? await onlyIn(comparing, published, candidate) : 0n,
    changed: isPublished ? await changedRows(comparing, model.config.uniqueKey) : undefined,
  };
}

interface Comparing {
  readonly connection: AdapterConnection;
  readonly adapter: Adapter;
  readonly candidate: string;
  readonly published: string;
  /** Those both sides have. */
  readonly columns: readonly string[];
}

/** Text is what both sides can be compared by when a type changed, or has no equality (json). */
function onlyIn({ connection, adapter, columns }: Comparing, one: string, other: string): Promise<bigint> {
  const list = columns.map((name) => `cast(${adapter.quote(name)} as text)`).join(', ');
  if (list === '') return Promise.resolve(0n);
  return count(
    connection,
    `select count(*) from (select ${list} from ${one} except all select ${list} from ${other}) as differing`,
  );
}

async function changedRows(
  { connection, adapter, candidate, published, columns }: Comparing,
  uniqueKey: readonly string[],
): Promise<ModelDiff['changed']> {
  const isKey = (name: string): boolean => uniqueKey.includes(name);
  const others = columns.filter((name) => !isKey(name));
  if (uniqueKey.length === 0 || !uniqueKey.every((key) => columns.includes(key))) return undefined;
  const text = (side: string, name: string): string => `cast(${side}.${adapter.quote(name)} as text)`;
  const differs = (name: string): string => `${text('c', name)} is distinct from ${text('p', name)}`;
  const counts = others.map((name) => `count(*) filter (where ${differs(name)})`);
  const any = others.map(differs).join(' or ') || 'false';
  const on = uniqueKey.map((name) => `${text('c', name)} = ${text('p', name)}`).join(' and ');
  const { rows } = await connection.execute(
    `select ${[`count(*) filter (where ${any})`, ...counts].join(', ')} from ${candidate} as c join ${published} as p on ${on}`,
  );
  const [keys, ...byColumn] = (rows[0] ?? []).map(whole);
  const changed = others.map((name, index): [string, bigint] => [name, byColumn[index] ?? 0n]);
  return { keys: keys ?? 0n, byColumn: Object.fromEntries(changed.filter(([, times]) => times > 0n)) };
}

function columnDiffs(before: readonly ColumnInfo[], after: readonly ColumnInfo[]): ColumnDiff[] {
  const types = (columns: readonly ColumnInfo[]) => new Map(columns.map((one) => [one.name, typeOf(one)]));
  const [published, candidate] = [types(before), types(after)];
  return [...new Set([...published.keys(), ...candidate.keys()])].flatMap((column): ColumnDiff[] => {
    const sides = { published: published.get(column) ?? null, candidate: candidate.get(column) ?? null };
    if (sides.published === sides.candidate) return [];
    const change = sides.published === null ? 'added' : sides.candidate === null ? 'removed' : 'type';
    return [{ column, change, ...sides }];
  });
}

function typeOf({ dataType, charSize, numericPrecision, numericScale }: ColumnInfo): string {
  if (charSize !== null) return `${dataType}(${charSize})`;
  const isNumeric = dataType === 'numeric' && numericPrecision !== null;
  return isNumeric ? `numeric(${numericPrecision},${numericScale ?? 0})` : dataType;
}

async function count(connection: AdapterConnection, sql: string): Promise<bigint> {
  const { rows } = await connection.execute(sql);
  return whole(rows[0]?.[0] ?? null);
}

const whole = (value: ResultValue): bigint =>
  typeof value === 'bigint' ? value : BigInt(String(value ?? 0));

const nameOf = (adapter: Adapter, schema: string, name: string): string =>
  `${adapter.quote(schema)}.${adapter.quote(name)}`;
