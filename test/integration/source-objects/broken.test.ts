import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithS3, testS3 } from '#test/support/s3.ts';
import { ObjectsFixture, stream } from './objects-fixture.ts';

/** Stands in every broken object, and must stand nowhere else. */
const MARK = 'SECRET-4711';

describeWithS3('broken objects of a bucket', () => {
  let fixture: ObjectsFixture;
  beforeAll(async () => {
    fixture = await ObjectsFixture.open(testS3());
  });
  afterAll(() => fixture.close());

  const row = `{"a":"${MARK}"}`;
  const parquetLike = Buffer.concat([
    Buffer.from(`PAR1${MARK}`),
    Buffer.from([9, 0, 0, 0]),
    Buffer.from('PAR1'),
  ]);

  test.each<[key: string, body: string | Uint8Array, problem: string, row?: number]>([
    ['in/a.json', `[${row}`, 'truncated'],
    ['in/b.json', `[${row} ${row}]`, 'not-json', 1],
    ['in/c.json', row, 'no-array'],
    ['in/d.json', `{"a":[${row}],"b":[]}`, 'several-arrays'],
    ['in/e.json', '', 'truncated'],
    ['in/f.json', `<html>${MARK}</html>`, 'no-array'],
    ['in/g.ndjson', `${row}\n${row.slice(0, -2)}\n`, 'not-json', 2],
    ['in/h.ndjson', Buffer.from(`${row}\n`, 'utf16le'), 'not-json', 1],
    ['in/i.ndjson', Buffer.concat([Buffer.from(row), Buffer.from([0xff])]), 'not-utf8'],
    ['in/j.csv', `a,a\n${MARK},1\n`, 'csv-header'],
    ['in/k.csv', `a,b\n${MARK}\n`, 'csv-width', 1],
    ['in/l.csv', `a,b\n1,"${MARK}`, 'truncated'],
    ['in/m.csv', `a,b\n1,${MARK}"\n`, 'csv-quote'],
    ['in/n.json.gz', `[${row}]`, 'not-gzip'],
    ['in/o.json.gz', gzipSync(`[${row}]`).subarray(0, 20), 'truncated'],
    ['in/p.parquet', `[${row}]`, 'not-parquet'],
    ['in/q.parquet', `PAR1${MARK}`, 'truncated'],
    ['in/r.parquet', parquetLike, 'parquet-corrupt'],
    ['in/s.parquet', '', 'not-parquet'],
    ['in/t.xml', row, 'format-unknown'],
  ])('%s is told by name, version and problem, and not by content', async (key, body, problem, at) => {
    await fixture.put(key, body);
    const object = await fixture.find(key);
    const error = await fixture.read(object).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'OBJECT_BROKEN',
      retry: 'terminal',
      facts: {
        ...{ bucket: 'penstock', key: object.key, version: null, etag: object.etag, problem },
        ...(at === undefined ? {} : { row: at }),
      },
    });
    const { stack, cause } = error as Error;
    expect(`${stack} ${JSON.stringify(error)} ${String(cause)}`).not.toContain(MARK);
    expect(await readdir(fixture.workDir).catch(() => [])).toEqual([]);
  });

  test('a Parquet file that is damaged in the middle is broken, whatever was read before', async () => {
    const path = `${fixture.folder}/damaged.parquet`;
    await fixture.engine.use((session) =>
      session.rows(
        `copy (select range::varchar || '${MARK}' as a from range(50000)) to '${path}' (format parquet)`,
      ),
    );
    const bytes = await readFile(path);
    bytes.fill(0x5a, bytes.length / 2, bytes.length / 2 + 2_000);
    const error = await fixture.readBack('in/damaged.parquet', bytes).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'OBJECT_BROKEN', facts: { problem: 'parquet-corrupt' } });
    expect(JSON.stringify(error)).not.toContain(MARK);
  });

  test('too large an object is refused without being read, and what inflates too far while it does', async () => {
    const small = stream({ maxObjectBytes: 1_000 });
    const text = `[${Array.from({ length: 200 }, () => row).join(',')}]`;
    await expect(fixture.readBack('in/large.json', text, small)).rejects.toMatchObject({
      code: 'OBJECT_BROKEN',
      facts: { problem: 'too-large' },
    });
    await expect(fixture.readBack('in/bomb.json.gz', gzipSync(text), small)).rejects.toMatchObject({
      code: 'OBJECT_BROKEN',
      facts: { problem: 'inflates-too-large' },
    });
  });

  test('a bomb of gzip costs neither memory nor time', async () => {
    const inner = gzipSync(Buffer.alloc(200 << 20), { level: 9 });
    const before = process.memoryUsage().rss;
    for (const ending of ['ndjson', 'csv', 'json', 'parquet']) {
      await expect(
        fixture.readBack(`in/bomb.${ending}.gz`, inner, stream({ maxObjectBytes: 4 << 20 })),
      ).rejects.toMatchObject({ code: 'OBJECT_BROKEN' });
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
    expect(await readdir(fixture.workDir).catch(() => [])).toEqual([]);
  });
});
