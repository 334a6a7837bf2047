import type { RangePartitions } from '../project/range-partitions.ts';

/**
 * What a warehouse product gives to projects that talk to it from templates: statements, introspection, DDL by name.
 *
 * The materialisations themselves are macros (`shared/models/macros`), dispatched by `dialect`; this port holds what a
 * macro cannot do alone. Values go in as SQL that templates made; nothing here builds SQL from values.
 */
export interface Adapter {
  /** Prefix of dispatched macros, e.g. `postgres`. */
  readonly dialect: string;
  /** Quotes one identifier. */
  quote(identifier: string): string;
  /**
   * A connection for one piece of work. It is not in a transaction until `begin`.
   *
   * @param name shown to the server's operator, e.g. the node's unique id.
   * @param signal aborting it cancels the running statement on the server.
   */
  connect(name: string, signal?: AbortSignal): Promise<AdapterConnection>;
  close(): Promise<void>;
}

/** A relation by its parts; a part that is absent or null is the connection's default. */
export interface RelationParts {
  readonly database: string | null;
  readonly schema: string | null;
  readonly identifier: string | null;
}

export type RelationType = 'table' | 'view' | 'materialized_view' | 'foreign' | 'cte' | 'external';

/** A relation that stands in the warehouse. */
export interface FoundRelation {
  readonly database: string;
  readonly schema: string;
  readonly identifier: string;
  readonly type: RelationType;
}

/** A column as the warehouse describes it. */
export interface ColumnInfo {
  readonly name: string;
  /** As the product names it, without size, e.g. `character varying`, `numeric`, `timestamp with time zone`. */
  readonly dataType: string;
  readonly charSize: number | null;
  readonly numericPrecision: number | null;
  readonly numericScale: number | null;
}

/**
 * A value of a result: integers are bigint, exact decimals {@link DecimalText}, dates and instants {@link MomentText}, the rest text,
 * number (double precision), boolean or null.
 */
export type ResultValue = null | boolean | bigint | number | string | DecimalText | MomentText;

/** An exact decimal, as the warehouse writes it. */
export interface DecimalText {
  readonly kind: 'decimal';
  readonly text: string;
}

/** A date, time or instant in ISO form. */
export interface MomentText {
  readonly kind: 'date' | 'timestamp' | 'timestamptz' | 'time';
  readonly text: string;
}

/** A relation as a catalogue tells it. */
export interface CatalogRelation {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  /** `BASE TABLE`, `VIEW`, `MATERIALIZED VIEW`. */
  readonly type: string;
  readonly comment: string | null;
  readonly owner: string | null;
  /** What the server last counted or guessed; null when it does not know. */
  readonly estimatedRows: number | null;
  readonly bytes: number | null;
  readonly columns: readonly {
    readonly name: string;
    /** With size, e.g. `numeric(10,2)`. */
    readonly type: string;
    /** From 1. */
    readonly index: number;
    readonly comment: string | null;
  }[];
}

/** One partitioned table as statements are made for it. */
export interface PartitionedTable {
  /** As SQL names it, quoted. */
  readonly table: string;
  /** What names of partitions begin with: the name readers know. */
  readonly base: string;
  readonly partitions: RangePartitions;
  /** `YYYY-MM-DD`: the partition after that of this day is made ahead; retention counts from it. */
  readonly today: string;
  readonly unlogged: boolean;
}

/** What one statement did. */
export interface StatementResult {
  /** As the server tells it, e.g. `SELECT 12`, `CREATE VIEW`. */
  readonly message: string;
  /** First words of it: `SELECT`, `CREATE VIEW`, `INSERT`. */
  readonly code: string;
  readonly rowsAffected: number | null;
  readonly columns: readonly { readonly name: string; readonly dataType: string }[];
  readonly rows: readonly (readonly ResultValue[])[];
}

/** Rows as text, e.g. of a seed file; null is NULL. */
export interface TextRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** One connection, used by one node at a time. Errors are PenstockErrors without any value of a row. */
export interface AdapterConnection {
  readonly inTransaction: boolean;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Runs one or several statements; the result is the last one's. */
  execute(sql: string): Promise<StatementResult>;
  /** Columns of a query that gives no rows. Their types are families of types, as the original's driver names them. */
  describe(sql: string): Promise<readonly ColumnInfo[]>;
  schemas(): Promise<readonly string[]>;
  createSchema(schema: string): Promise<void>;
  dropSchema(schema: string): Promise<void>;
  relations(schema: string): Promise<readonly FoundRelation[]>;
  /** Asks for several at once; `relation` knows the answers until the next statement. */
  lookUp(relations: readonly RelationParts[]): Promise<void>;
  /** Undefined when there is none of that name. */
  relation(parts: RelationParts): Promise<FoundRelation | undefined>;
  /** Empty when there is none. */
  columns(parts: RelationParts): Promise<readonly ColumnInfo[]>;
  /** Everything that stands in these schemas, for documentation. */
  catalog(schemas: readonly string[]): Promise<readonly CatalogRelation[]>;
  /** Adds rows of text, each value read as its column's type, in order; in bulk when they are many. */
  insertRows(into: RelationParts, rows: TextRows): Promise<void>;
  /** Waits until no other run builds this relation, and keeps others waiting until the release. Readers are never kept. */
  takeTurn(relation: RelationParts): Promise<void>;
  /**
   * Statements of one step of keeping a table in partitions, `''` where a step needs none.
   *
   * @param step `clause`, `delete expired`, `make`, `expired`.
   * @param rows where the rows are, as SQL names it.
   */
  partitionSql(step: string, of: PartitionedTable, rows: string): string;
  /** Gives the connection back; open work is rolled back. */
  release(): Promise<void>;
}
