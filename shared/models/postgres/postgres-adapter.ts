import { Readable } from 'node:stream';
import type pg from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { toPostgresError } from '#shared/errors/postgres-error.ts';
import { type BorrowedClient, borrowClient } from '#shared/warehouse/postgres/borrow-client.ts';
import { copyInto } from '#shared/warehouse/postgres/copy-into.ts';
import { ensureSchema } from '#shared/warehouse/postgres/ensure-schema.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type {
  Adapter,
  AdapterConnection,
  CatalogRelation,
  ColumnInfo,
  FoundRelation,
  PartitionedTable,
  RelationParts,
  StatementResult,
  TextRows,
} from '../adapter/adapter.ts';
import { csvChunks } from './csv-chunks.ts';
import { driverTypeOf } from './driver-types.ts';
import { columnsOf, findRelations, listRelations, listSchemas, nameOf } from './introspection.ts';
import { partitionSql } from './partition-sql.ts';
import { readCatalog } from './read-catalog.ts';
import { resultTypes, typeNameOf } from './result-values.ts';
import { listenToServer, type ServerWords } from './server-words.ts';
import { lineOfError } from './session.ts';

/**
 * The adapter of a PostgreSQL 18 warehouse, on a pool that its owner closes. One node holds one connection: give the
 * pool at least as many as there are threads, plus one.
 */
export function openPostgresAdapter({ pool }: { readonly pool: pg.Pool }): Adapter {
  return {
    dialect: 'postgres',
    quote: quoteIdent,
    connect: async (_name, signal) => new PostgresConnection(await borrowClient(pool, signal), signal),
    close: async () => {},
  };
}

/** Above so many rows COPY is faster than one INSERT. */
const COPIED_FROM = 1000;

class PostgresConnection implements AdapterConnection {
  readonly #borrowed: BorrowedClient;
  readonly #server: ServerWords;
  readonly #signal: AbortSignal | undefined;
  /** What was asked for last, by name; any statement may make it untrue. */
  readonly #lookedUp = new Map<string, FoundRelation | undefined>();
  #leavesTemporaries = false;
  #hasTurn = false;
  /** The server's word on a failed statement comes after its error. */
  #hasFailed = false;

  constructor(borrowed: BorrowedClient, signal: AbortSignal | undefined) {
    this.#borrowed = borrowed;
    this.#server = listenToServer(borrowed.client);
    this.#signal = signal;
  }

  get inTransaction(): boolean {
    return this.#server.inTransaction;
  }

  async begin(): Promise<void> {
    if (!this.inTransaction) await this.execute('begin');
  }

  async commit(): Promise<void> {
    if (this.inTransaction) await this.execute('commit');
  }

  async rollback(): Promise<void> {
    if (!this.inTransaction && !this.#hasFailed) return;
    this.#hasFailed = false;
    await this.#borrowed.client.query('rollback').catch(() => undefined);
  }

  async execute(sql: string): Promise<StatementResult> {
    this.#lookedUp.clear();
    this.#leavesTemporaries ||= /\btemp(orary)?\b/i.test(sql);
    this.#server.forgetTag();
    const last = lastOf(await this.#run(sql));
    return statementResult(last, this.#server.tag ?? last.command);
  }

  async describe(sql: string): Promise<readonly ColumnInfo[]> {
    this.#lookedUp.clear();
    const { fields } = lastOf(await this.#run(sql));
    return fields.map(({ name, dataTypeID }) => ({
      ...{ name, dataType: driverTypeOf(dataTypeID) },
      ...{ charSize: null, numericPrecision: null, numericScale: null },
    }));
  }

  catalog(schemas: readonly string[]): Promise<readonly CatalogRelation[]> {
    return readCatalog((text, values) => this.#rows(text, values), schemas);
  }

  schemas(): Promise<readonly string[]> {
    return listSchemas((text, values) => this.#rows(text, values));
  }

  /** In a transaction even when none is open: the lock that keeps runs started together apart is held to its end. */
  async createSchema(schema: string): Promise<void> {
    const isOwn = !this.inTransaction;
    if (isOwn) await this.begin();
    await this.#guarded('', () => ensureSchema(this.#borrowed.client, schema));
    if (isOwn) await this.commit();
  }

  async dropSchema(schema: string): Promise<void> {
    await this.execute(`drop schema if exists ${quoteIdent(schema)} cascade`);
  }

  relations(schema: string): Promise<readonly FoundRelation[]> {
    return listRelations((text, values) => this.#rows(text, values), schema);
  }

  async lookUp(relations: readonly RelationParts[]): Promise<void> {
    const found = await findRelations((text, values) => this.#rows(text, values), relations);
    this.#lookedUp.clear();
    for (const [index, parts] of relations.entries()) this.#lookedUp.set(nameOf(parts), found[index]);
  }

  async relation(parts: RelationParts): Promise<FoundRelation | undefined> {
    const name = nameOf(parts);
    if (!this.#lookedUp.has(name)) await this.lookUp([parts]);
    return this.#lookedUp.get(name);
  }

  columns(parts: RelationParts): Promise<readonly ColumnInfo[]> {
    return columnsOf((text, values) => this.#rows(text, values), parts);
  }

  async insertRows(into: RelationParts, rows: TextRows): Promise<void> {
    this.#lookedUp.clear();
    const relation = { schema: into.schema ?? '', name: into.identifier ?? '' };
    if (rows.rows.length <= COPIED_FROM) return this.#insert(relation, rows);
    const options = this.#signal === undefined ? {} : { signal: this.#signal };
    const names = rows.columns.map(({ name }) => name);
    await copyInto(this.#borrowed.client, relation, names, Readable.from(csvChunks(rows.rows)), options);
  }

  async #insert(into: RelationName, { columns, rows }: TextRows): Promise<void> {
    const names = columns.map((_, index) => `c${index + 1}`);
    const typed = columns.map(({ type }, index) => `c${index + 1}::${type}`).join(', ');
    const arrays = names.map((_, index) => `$${index + 1}::text[]`).join(', ');
    await this.#rows(
      `insert into ${quoteRelation(into)} (${columns.map(({ name }) => quoteIdent(name)).join(', ')})
       select ${typed} from unnest(${arrays}) as s(${names.join(', ')})`,
      columns.map((_, index) => rows.map((row) => row[index] ?? null)),
    );
  }

  /** Of the session, since a materialisation commits more than once. A server that keeps it is one whose client is gone, and ends it. */
  async takeTurn(relation: RelationParts): Promise<void> {
    this.#hasTurn = true;
    await this.#rows('select pg_advisory_lock(hashtextextended($1, 0))', [
      `penstock:build:${nameOf(relation)}`,
    ]);
  }

  partitionSql(step: string, of: PartitionedTable, rows: string): string {
    return partitionSql(step, of, rows);
  }

  async release(): Promise<void> {
    await this.rollback();
    if (this.#hasTurn)
      await this.#borrowed.client.query('select pg_advisory_unlock_all()').catch(() => undefined);
    // The next one to borrow the connection would find them.
    if (this.#leavesTemporaries) await this.#borrowed.client.query('discard temp').catch(() => undefined);
    this.#server.stop();
    await this.#borrowed.release();
  }

  async #rows<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.#guarded(sql, () =>
      this.#borrowed.client.query<pg.QueryResultRow>(sql, [...values]),
    );
    return rows as Row[];
  }

  #run(sql: string): Promise<unknown> {
    return this.#guarded(sql, () =>
      this.#borrowed.client.query({ text: sql, rowMode: 'array', types: resultTypes }),
    );
  }

  async #guarded<T>(sql: string, work: () => Promise<T>): Promise<T> {
    this.#signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      this.#hasFailed = true;
      this.#signal?.throwIfAborted();
      throw toPostgresError(error, lineOfError(error, sql));
    }
  }
}

/** Several statements in one text are answered by a list. */
const lastOf = (answer: unknown): pg.QueryArrayResult =>
  (Array.isArray(answer) ? answer.at(-1) : answer) as pg.QueryArrayResult;

/** @param tag as the server says it, e.g. `SELECT 12`, `INSERT 0 2`, `CREATE VIEW`. */
function statementResult({ fields, rows }: pg.QueryArrayResult, tag: string): StatementResult {
  const count = /(\d+)$/.exec(tag)?.[1];
  return {
    message: tag,
    code: tag.replace(/( \d+)+$/, ''),
    rowsAffected: count === undefined ? null : Number(count),
    columns: fields.map(({ name, dataTypeID }) => ({ name, dataType: typeNameOf(dataTypeID) })),
    rows: rows as StatementResult['rows'],
  };
}
