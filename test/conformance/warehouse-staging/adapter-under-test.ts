import type { RelationName } from '#shared/contracts/names.ts';
import type { StagingWarehouse } from '#shared/warehouse/warehouse-port.ts';

/** One warehouse with an empty place in it, for one test. */
export interface WarehouseUnderTest {
  readonly warehouse: StagingWarehouse;
  /** Runs SQL as a reader or author would, on a connection of its own, and returns rows as text. */
  sql(text: string): Promise<Readonly<Record<string, string | null>>[]>;
  /** A relation's name in that warehouse's SQL. */
  quoted(relation: RelationName): string;
  dispose(): Promise<void>;
}

/** What an adapter brings to the conformance suite. */
export interface WarehouseAdapter {
  readonly name: string;
  open(): Promise<WarehouseUnderTest>;
}
