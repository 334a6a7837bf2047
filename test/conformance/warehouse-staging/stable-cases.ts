import { expect, it } from 'vitest';
import type { RelationName } from '#shared/contracts/names.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { int64, text } from '#shared/pipeline/field.ts';
import type { WarehouseUnderTest } from './adapter-under-test.ts';
import { contract, fileOf, fileOfCsv, rowsOf } from './landed-rows.ts';

const STABLE = { schema: 'credit_temp', name: 'installments' };
const hashed = (run: number): RelationName => ({ schema: 'credit_temp', name: `installments__r${run}_1` });

/** Other names, types and order than `contract`. */
const changed: Contract = { version: 2, fields: { note: text(), id: text(), since: int64() }, key: ['id'] };
const changedFile = (fileId: string) => fileOfCsv(fileId, () => ['note,id,1,1,0001,h,"",10\n'.repeat(10)]);

export function stableCases(current: () => WarehouseUnderTest): void {
  const load = async (run: number, rows: number): Promise<RelationName> => {
    const { warehouse } = current();
    await warehouse.loadHashedTable(hashed(run), contract, [fileOf(`${run}`, rowsOf(0, rows))]);
    return hashed(run);
  };
  const countOfStable = async (): Promise<string | null | undefined> => {
    const { sql, quoted } = current();
    return (await sql(`SELECT count(*) AS n FROM ${quoted(STABLE)}`))[0]?.['n'];
  };

  it('shows the hashed table it was pointed at last', async () => {
    const { warehouse } = current();
    for (const run of [1, 2]) {
      await warehouse.swapStable(STABLE, await load(run, run));
      expect(await countOfStable()).toBe(String(run));
    }
  });

  it('can be swapped twice to the same table', async () => {
    const { warehouse } = current();
    const table = await load(1, 3);
    await warehouse.swapStable(STABLE, table);
    await warehouse.swapStable(STABLE, table);
    expect(await countOfStable()).toBe('3');
  });

  it('survives columns that change name, type and order, and back again', async () => {
    const { warehouse } = current();
    await warehouse.swapStable(STABLE, await load(1, 3));
    await warehouse.loadHashedTable(hashed(2), changed, [changedFile('2')]);
    await warehouse.swapStable(STABLE, hashed(2));
    expect(await countOfStable()).toBe('10');
    await warehouse.swapStable(STABLE, await load(3, 4));
    expect(await countOfStable()).toBe('4');
  });

  it('does not break when old hashed tables are dropped', async () => {
    const { warehouse } = current();
    await warehouse.swapStable(STABLE, await load(1, 1));
    await warehouse.swapStable(STABLE, await load(2, 2));
    await warehouse.dropTable(hashed(1));
    expect(await countOfStable()).toBe('2');
    expect(await warehouse.relationExists(hashed(1))).toBe(false);
  });

  it('is refused a hashed table that is not there, and stays', async () => {
    const { warehouse } = current();
    await warehouse.swapStable(STABLE, await load(1, 1));
    await expect(warehouse.swapStable(STABLE, hashed(9))).rejects.toMatchObject({
      code: 'WAREHOUSE_TABLE_MISSING',
    });
    expect(await countOfStable()).toBe('1');
  });

  it('never fails, misses or empties for readers while runs swap and drop, columns changing too', async () => {
    const { warehouse } = current();
    await warehouse.swapStable(STABLE, await load(0, 10));
    let swapping = true;
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      while (swapping) seen.push(String(await countOfStable()));
    };
    const readers = [read(), read(), read()];
    try {
      for (let run = 1; run <= 12; run += 1) {
        if (run % 3 === 0) await warehouse.loadHashedTable(hashed(run), changed, [changedFile(`${run}`)]);
        else await load(run, 10);
        await warehouse.swapStable(STABLE, hashed(run));
        await warehouse.dropTable(hashed(run - 1));
      }
    } finally {
      swapping = false;
    }
    await Promise.all(readers);
    expect(seen.length).toBeGreaterThan(30);
    expect(new Set(seen)).toEqual(new Set(['10']));
  });

  it('takes concurrent swaps of several runs, also the very first, and ends at one of them', async () => {
    const { warehouse, sql, quoted } = current();
    const tables: RelationName[] = [];
    for (const run of [1, 2, 3, 4]) tables.push(await load(run, run));
    await warehouse.loadHashedTable(hashed(10), changed, [changedFile('10')]);
    tables.push(hashed(10));
    for (let round = 0; round < 12; round += 1) {
      const stable = { ...STABLE, name: `installments_${round % 6}` };
      await Promise.all(tables.map((table) => warehouse.swapStable(stable, table)));
      const [row] = await sql(`SELECT count(*) AS n FROM ${quoted(stable)}`);
      expect(['1', '2', '3', '4', '10']).toContain(row?.['n']);
    }
  });
}
