import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Adapter, AdapterConnection, ColumnInfo } from '../adapter/adapter.ts';
import { compileSql, modelNamed, publishedResolution } from '../compile/compile-model.ts';
import { modelErrors } from '../errors.ts';
import type { ModelNode } from '../project/project.ts';
import { asText, type Comparing, type KeyDiff, keyDiff, wholeNumber } from './diff-keys.ts';
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
  /** By the model's unique key; undefined where it has none, or the key is none of the columns both sides have. */
  readonly keys: KeyDiff | undefined;
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
    keys: isPublished ? await keyDiff(comparing, model.config.uniqueKey) : undefined,
  };
}

function onlyIn({ connection, adapter, columns }: Comparing, one: string, other: string): Promise<bigint> {
  const list = columns.map((name) => asText(adapter.quote(name))).join(', ');
  if (list === '') return Promise.resolve(0n);
  return count(
    connection,
    `select count(*) from (select ${list} from ${one} except all select ${list} from ${other}) as differing`,
  );
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
  return wholeNumber(rows[0]?.[0] ?? null);
}

const nameOf = (adapter: Adapter, schema: string, name: string): string =>
  `${adapter.quote(schema)}.${adapter.quote(name)}`;
