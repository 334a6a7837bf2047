import { expect, it } from 'vitest';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { WarehouseUnderTest } from './adapter-under-test.ts';
import { contract, csvLine, fileOf, fileOfCsv, rowsOf } from './landed-rows.ts';

const TABLE = { schema: 'credit_temp', name: 'installments__rabc_1' };

export function loadCases(current: () => WarehouseUnderTest): void {
  it('loads several files, and counts rows per file as it reports them', async () => {
    const { warehouse } = current();
    const files = [fileOf('7', rowsOf(0, 3)), fileOf('8', rowsOf(3, 5))];
    const loaded = await warehouse.loadHashedTable(TABLE, contract, files);
    expect(loaded).toEqual(
      new Map([
        ['7', 3n],
        ['8', 2n],
      ]),
    );
    expect(await warehouse.countPerFile(TABLE)).toEqual(loaded);
  });

  it('takes file ids beyond 2^53 exactly', async () => {
    const { warehouse } = current();
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('9007199254740993', rowsOf(0, 1))]);
    expect(await warehouse.countPerFile(TABLE)).toEqual(new Map([['9007199254740993', 1n]]));
  });

  it('refuses a file id that is not a number', async () => {
    const { warehouse } = current();
    const files = [fileOf('1; DROP TABLE x', rowsOf(0, 1))];
    await expect(warehouse.loadHashedTable(TABLE, contract, files)).rejects.toThrow();
    expect(await warehouse.relationExists(TABLE)).toBe(false);
  });

  it('reports an empty file as 0 rows', async () => {
    const { warehouse } = current();
    const loaded = await warehouse.loadHashedTable(TABLE, contract, [
      fileOf('7', []),
      fileOf('8', rowsOf(0, 1)),
    ]);
    expect(loaded).toEqual(
      new Map([
        ['7', 0n],
        ['8', 1n],
      ]),
    );
    expect(await warehouse.countPerFile(TABLE)).toEqual(new Map([['8', 1n]]));
  });

  it('keeps NULL and empty text apart, and quotes, line breaks and unicode as they are', async () => {
    const { warehouse, sql, quoted } = current();
    const note = 'a "quoted", text;\r\nof two lines \\. \u{1f642}\tend ';
    const files = [fileOf('7', [{ id: 1 }, { id: 2, note: '' }, { id: 3, note, amount: '-0.01' }])];
    await warehouse.loadHashedTable(TABLE, contract, files);
    expect(await sql(`SELECT id, amount, note FROM ${quoted(TABLE)} ORDER BY id`)).toEqual([
      { id: '1', amount: null, note: null },
      { id: '2', amount: null, note: '' },
      { id: '3', amount: '-0.01', note },
    ]);
  });

  it('gives every row the columns of the engine', async () => {
    const { warehouse, sql, quoted } = current();
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('7', [{ id: 5, hash: 'h' }])]);
    const [row] = await sql(`SELECT _cursor, _version, _row_hash, _slice, _file_id FROM ${quoted(TABLE)}`);
    expect(row).toEqual({ _cursor: '5', _version: '0001', _row_hash: 'h', _slice: '', _file_id: '7' });
  });

  it('makes the table anew when it is loaded again', async () => {
    const { warehouse } = current();
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('7', rowsOf(0, 3))]);
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('8', rowsOf(0, 2))]);
    expect(await warehouse.countPerFile(TABLE)).toEqual(new Map([['8', 2n]]));
  });

  it('loads nothing of any file when one does not fit, and names file, line and column without the value', async () => {
    const { warehouse } = current();
    const bad = fileOfCsv('8', () => [csvLine({ id: 1 }), '2,SECRET-AMOUNT,,2,0001,h,"",8\n']);
    const error = await warehouse
      .loadHashedTable(TABLE, contract, [fileOf('7', rowsOf(0, 3)), bad])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PenstockError);
    expect(error).toMatchObject({ retry: 'terminal', facts: { fileId: '8', line: 2, column: 'amount' } });
    expect(everythingIn(error)).not.toContain('SECRET-AMOUNT');
    expect(await warehouse.relationExists(TABLE)).toBe(false);
  });

  it('refuses NULL in a required column, without the row', async () => {
    const { warehouse } = current();
    const bad = fileOfCsv('8', () => [',1.00,SECRET-NOTE,1,0001,h,"",8\n']);
    const error = await warehouse.loadHashedTable(TABLE, contract, [bad]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ retry: 'terminal', facts: { fileId: '8', column: 'id' } });
    expect(everythingIn(error)).not.toContain('SECRET-NOTE');
  });

  it('leaves the table of before when the stream of a file breaks, and throws the stream’s error', async () => {
    const { warehouse } = current();
    await warehouse.loadHashedTable(TABLE, contract, [fileOf('7', rowsOf(0, 3))]);
    const broken = new Error('disk gone');
    const file = fileOfCsv('8', async function* () {
      yield csvLine({ id: 1 });
      throw broken;
    });
    await expect(warehouse.loadHashedTable(TABLE, contract, [file])).rejects.toBe(broken);
    expect(await warehouse.countPerFile(TABLE)).toEqual(new Map([['7', 3n]]));
  });

  it('stops a load at the signal and leaves nothing', async () => {
    const { warehouse } = current();
    const controller = new AbortController();
    const endless = fileOfCsv('8', async function* () {
      for (let id = 0; ; id += 1) {
        yield csvLine({ id });
        if (id === 1000) controller.abort(new Error('drained'));
        if (id % 100 === 0) await new Promise(setImmediate);
      }
    });
    const load = warehouse.loadHashedTable(TABLE, contract, [endless], { signal: controller.signal });
    await expect(load).rejects.toThrow('drained');
    expect(await warehouse.relationExists(TABLE)).toBe(false);
  });

  it('stops a load whose stream says nothing more', async () => {
    const { warehouse } = current();
    const controller = new AbortController();
    const silent = fileOfCsv('8', async function* () {
      yield csvLine({ id: 1 });
      setImmediate(() => controller.abort(new Error('drained')));
      await new Promise((resolve) => controller.signal.addEventListener('abort', resolve));
      await new Promise(() => {});
    });
    const load = warehouse.loadHashedTable(TABLE, contract, [silent], { signal: controller.signal });
    await expect(load).rejects.toThrow('drained');
    expect(await warehouse.relationExists(TABLE)).toBe(false);
  });

  it('lets streams of one new schema load at once', async () => {
    const { warehouse } = current();
    const names = Array.from({ length: 6 }, (_, n) => ({ schema: 'brand_new', name: `stream_${n}` }));
    await Promise.all(
      names.map((name, n) => warehouse.loadHashedTable(name, contract, [fileOf(`${n + 1}`, rowsOf(0, 2))])),
    );
    expect(await warehouse.listStagingTables('brand_new')).toHaveLength(6);
  });

  it('counts nothing in a table that is not there', async () => {
    const { warehouse } = current();
    expect(await warehouse.countPerFile(TABLE)).toEqual(new Map());
  });
}

/** Message, stack, facts and every cause, as a careless logger would print them. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error);
  const own = JSON.stringify(
    Object.getOwnPropertyNames(error).map((name) => String(Reflect.get(error, name))),
  );
  const facts = error instanceof PenstockError ? JSON.stringify(error.facts) : '';
  return `${own}${facts}${error.cause === undefined ? '' : everythingIn(error.cause)}`;
}
