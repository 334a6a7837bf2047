import { expect, it } from 'vitest';
import type { WarehouseUnderTest } from './adapter-under-test.ts';
import { contract, fileOf, rowsOf } from './landed-rows.ts';

const TABLE = { schema: 'credit_temp', name: 'installments__r1_1' };
const STABLE = { schema: 'credit_temp', name: 'installments' };

export function tableCases(current: () => WarehouseUnderTest): void {
  it('drops once and again', async () => {
    const { warehouse } = current();
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('1', rowsOf(0, 1))]);
    await warehouse.dropTable(TABLE);
    await warehouse.dropTable(TABLE);
    expect(await warehouse.relationExists(TABLE)).toBe(false);
  });

  it('drops nothing in a schema that is not there', async () => {
    await current().warehouse.dropTable({ schema: 'nowhere', name: 'nothing' });
  });

  it('does not drop the table the stable relation shows', async () => {
    const { warehouse } = current();
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('1', rowsOf(0, 1))]);
    await warehouse.swapStable(STABLE, TABLE);
    if (warehouse.capabilities.stableAs === 'view') {
      await expect(warehouse.dropTable(TABLE)).rejects.toMatchObject({ code: 'WAREHOUSE_TABLE_IN_USE' });
    }
    expect(await warehouse.relationExists(STABLE)).toBe(true);
  });

  it('lists tables with size and which one serves the stable relation', async () => {
    const { warehouse } = current();
    const other = { ...TABLE, name: 'installments__r2_1' };
    for (const table of [TABLE, other]) {
      await warehouse.loadHashedTable(table, contract, [fileOf('1', rowsOf(0, 10))]);
    }
    await warehouse.swapStable(STABLE, other);
    const listed = await warehouse.listStagingTables(TABLE.schema);
    expect(listed.map(({ relation }) => relation.name)).toEqual([TABLE.name, other.name]);
    expect(listed.every(({ bytes }) => bytes > 0n)).toBe(true);
    if (warehouse.capabilities.stableAs === 'view') {
      expect(listed.map(({ servesStable }) => servesStable)).toEqual([undefined, STABLE]);
    }
  });

  it('lists nothing of a schema that is not there', async () => {
    expect(await current().warehouse.listStagingTables('nowhere')).toEqual([]);
  });

  it('takes names that need quoting', async () => {
    const { warehouse } = current();
    const odd = { schema: 'Odd "schema"', name: 'ta"ble; -- é' };
    await warehouse.loadHashedTable(odd, contract, [fileOf('1', rowsOf(0, 2))]);
    expect(await warehouse.countPerFile(odd)).toEqual(new Map([['1', 2n]]));
    await warehouse.dropTable(odd);
    expect(await warehouse.relationExists(odd)).toBe(false);
  });

  it('finds nothing wrong with itself', async () => {
    expect(await current().warehouse.check()).toEqual([]);
  });

  it('closes twice', async () => {
    const { warehouse } = current();
    await warehouse.close();
    await warehouse.close();
  });
}
