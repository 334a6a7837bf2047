import type { EventEmitter } from 'node:events';
import type pg from 'pg';
import { toPostgresError } from '#shared/errors/postgres-error.ts';
import { type BorrowedClient, borrowClient } from '#shared/warehouse/postgres/borrow-client.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type {
  Adapter,
  AdapterConnection,
  CatalogRelation,
  ColumnInfo,
  FoundRelation,
  RelationParts,
  StatementResult,
  TextRows,
} from '../adapter/adapter.ts';
import { columnsOf, describeQuery, findRelation, listRelations, listSchemas } from './introspection.ts';
import { readCatalog } from './read-catalog.ts';
import { resultTypes, typeNameOf } from './result-values.ts';
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

/** Rows of one INSERT of a seed; bounds the text of a statement's parameters. */
const ROWS_AT_ONCE = 10_000;

class PostgresConnection implements AdapterConnection {
  inTransaction = false;
  readonly #borrowed: BorrowedClient;
  readonly #signal: AbortSignal | undefined;

  constructor(borrowed: BorrowedClient, signal: AbortSignal | undefined) {
    this.#borrowed = borrowed;
    this.#signal = signal;
  }

  async begin(): Promise<void> {
    if (this.inTransaction) return;
    await this.execute('begin');
    this.inTransaction = true;
  }

  async commit(): Promise<void> {
    if (!this.inTransaction) return;
    this.inTransaction = false;
    await this.execute('commit');
  }

  async rollback(): Promise<void> {
    if (!this.inTransaction) return;
    this.inTransaction = false;
    await this.#borrowed.client.query('rollback').catch(() => undefined);
  }

  async execute(sql: string): Promise<StatementResult> {
    const heard = listenForTags(this.#borrowed.client);
    try {
      const answer: unknown = await this.#run(sql);
      // Several statements in one text are answered by a list.
      const last = (Array.isArray(answer) ? answer.at(-1) : answer) as pg.QueryArrayResult;
      return statementResult(last, heard.last() ?? last.command);
    } finally {
      heard.stop();
    }
  }

  describe(sql: string): Promise<readonly ColumnInfo[]> {
    return describeQuery((text, values) => this.#rows(text, values), sql);
  }

  catalog(schemas: readonly string[]): Promise<readonly CatalogRelation[]> {
    return readCatalog((text, values) => this.#rows(text, values), schemas);
  }

  schemas(): Promise<readonly string[]> {
    return listSchemas((text, values) => this.#rows(text, values));
  }

  async createSchema(schema: string): Promise<void> {
    await this.execute(`create schema if not exists ${quoteIdent(schema)}`);
  }

  async dropSchema(schema: string): Promise<void> {
    await this.execute(`drop schema if exists ${quoteIdent(schema)} cascade`);
  }

  relations(schema: string): Promise<readonly FoundRelation[]> {
    return listRelations((text, values) => this.#rows(text, values), schema);
  }

  relation(parts: RelationParts): Promise<FoundRelation | undefined> {
    return findRelation((text, values) => this.#rows(text, values), parts);
  }

  columns(parts: RelationParts): Promise<readonly ColumnInfo[]> {
    return columnsOf((text, values) => this.#rows(text, values), parts);
  }

  async insertRows({ schema, identifier }: RelationParts, { columns, rows }: TextRows): Promise<void> {
    const into = quoteRelation({ schema: schema ?? '', name: identifier ?? '' });
    const names = columns.map((_, index) => `c${index + 1}`);
    const typed = columns.map(({ type }, index) => `c${index + 1}::${type}`).join(', ');
    const arrays = names.map((_, index) => `$${index + 1}::text[]`).join(', ');
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const some = rows.slice(from, from + ROWS_AT_ONCE);
      await this.#rows(
        `insert into ${into} (${columns.map(({ name }) => quoteIdent(name)).join(', ')})
         select ${typed} from unnest(${arrays}) as s(${names.join(', ')})`,
        columns.map((_, index) => some.map((row) => row[index] ?? null)),
      );
    }
  }

  async release(): Promise<void> {
    await this.rollback();
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
      this.#signal?.throwIfAborted();
      throw toPostgresError(error, lineOfError(error, sql));
    }
  }
}

/** The server's own words for what it did; the driver keeps the first of them only. */
function listenForTags(client: pg.PoolClient): { last(): string | undefined; stop(): void } {
  const { connection } = client as { connection?: EventEmitter };
  let last: string | undefined;
  const hear = ({ text }: { readonly text?: string }): void => {
    last = text;
  };
  connection?.on('commandComplete', hear);
  return { last: () => last, stop: () => void connection?.off('commandComplete', hear) };
}

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
