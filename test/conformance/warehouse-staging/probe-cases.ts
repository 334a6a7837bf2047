import { expect, it } from 'vitest';
import type { KeyBatch } from '#shared/warehouse/warehouse-port.ts';
import type { WarehouseUnderTest } from './adapter-under-test.ts';
import { batchesOf, contract, fileOf, type Row, rowsOf } from './landed-rows.ts';

/** Stands for bronze: the probe asks only for the key and `_row_hash`. */
const TARGET = { schema: 'credit_temp', name: 'bronze' };

export function probeCases(current: () => WarehouseUnderTest): void {
  const bronze = async (rows: readonly Row[]): Promise<void> => {
    await current().warehouse.loadHashedTable(TARGET, contract, [fileOf('1', rows)]);
  };
  const differs = (batches: AsyncIterable<KeyBatch>): Promise<boolean> =>
    current().warehouse.differsFrom(TARGET, contract, batches);

  it('sees a target that is not there', async () => {
    expect(await differs(batchesOf(rowsOf(0, 1)))).toBe(true);
  });

  it('sees no difference in rows that are all there, nor in none', async () => {
    await bronze(rowsOf(0, 100));
    expect(await differs(batchesOf(rowsOf(0, 40), rowsOf(40, 60), []))).toBe(false);
    expect(await differs(batchesOf())).toBe(false);
  });

  it('sees one missing key', async () => {
    await bronze(rowsOf(0, 100));
    expect(await differs(batchesOf(rowsOf(0, 50), rowsOf(50, 101)))).toBe(true);
  });

  it('sees one other hash', async () => {
    await bronze(rowsOf(0, 100));
    expect(await differs(batchesOf(rowsOf(0, 50), [{ id: 70, hash: 'other' }]))).toBe(true);
  });

  it('stops at the first difference', async () => {
    await bronze(rowsOf(0, 10));
    let asked = 0;
    const batches = async function* (): AsyncGenerator<KeyBatch> {
      for await (const batch of batchesOf([{ id: 1, hash: 'other' }], rowsOf(0, 1), rowsOf(0, 1))) {
        asked += 1;
        yield batch;
      }
    };
    expect(await differs(batches())).toBe(true);
    expect(asked).toBe(1);
  });

  it('calls a target without the key or the hash of this contract different', async () => {
    const { warehouse } = current();
    const other = { ...contract, fields: { other: contract.fields['id'] ?? expect.fail() }, key: ['other'] };
    await bronze(rowsOf(0, 10));
    expect(await warehouse.differsFrom(TARGET, other, batchesOf(rowsOf(0, 10)))).toBe(true);
  });

  it('stops at the signal', async () => {
    const { warehouse } = current();
    await bronze(rowsOf(0, 10));
    const signal = AbortSignal.abort(new Error('drained'));
    const probe = warehouse.differsFrom(TARGET, contract, batchesOf(rowsOf(0, 10)), { signal });
    await expect(probe).rejects.toThrow('drained');
  });
}
