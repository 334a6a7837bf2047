import type { Contract } from '#shared/pipeline/contract.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { duckdbTypeOf, postgresTypeOf } from './type-mapping.ts';

/** One column of a landing file or of the table it is loaded into. */
export interface LandedColumn {
  readonly name: string;
  readonly postgres: string;
  readonly duckdb: string;
  readonly nullable: boolean;
}

const SYSTEM: readonly LandedColumn[] = [
  { name: '_cursor', postgres: 'bigint', duckdb: 'BIGINT', nullable: true },
  { name: '_version', postgres: 'text COLLATE "C"', duckdb: 'VARCHAR', nullable: false },
  { name: '_row_hash', postgres: 'text COLLATE "C"', duckdb: 'VARCHAR', nullable: false },
  { name: '_slice', postgres: 'text', duckdb: 'VARCHAR', nullable: false },
];

/** Columns of a landing file in file order: the contract's fields, then the engine's. */
export function landedColumns(contract: Contract): readonly LandedColumn[] {
  const fields = Object.entries(contract.fields).map(([name, field]) => ({
    name,
    postgres: postgresTypeOf(field),
    duckdb: duckdbTypeOf(field),
    nullable: field.nullable,
  }));
  return [...fields, ...SYSTEM];
}

/**
 * Column list of a table that takes landed rows, e.g. `"id" bigint NOT NULL, …, "_file_id" bigint NOT NULL`,
 * in the order of {@link openCsvStream}'s output.
 */
export function contractPostgresDdl(contract: Contract): string {
  const columns = [...landedColumns(contract), FILE_ID];
  return columns
    .map((c) => `${quoteIdent(c.name)} ${c.postgres}${c.nullable ? '' : ' NOT NULL'}`)
    .join(',\n  ');
}

const FILE_ID: LandedColumn = { name: '_file_id', postgres: 'bigint', duckdb: 'BIGINT', nullable: false };
