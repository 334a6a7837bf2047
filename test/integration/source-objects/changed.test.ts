import { readdir } from 'node:fs/promises';
import { DeleteObjectCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openObjectSource } from '#shared/sources/objects/object-source.ts';
import { startCuttableWay } from '#test/support/cuttable-way.ts';
import { describeWithS3, type OwnS3, startOwnS3, testS3 } from '#test/support/s3.ts';
import { ObjectsFixture, stream } from './objects-fixture.ts';

const rows = (mebibytes: number): string =>
  `${JSON.stringify({ a: 'x'.repeat(1_000) })}\n`.repeat(mebibytes << 10);

describeWithS3('objects of a bucket that do not stay', () => {
  let url = '';
  let fixture: ObjectsFixture;
  beforeAll(async () => {
    url = testS3();
    fixture = await ObjectsFixture.open(url);
  });
  afterAll(() => fixture.close());

  const remove = (key: string): Promise<unknown> => {
    const { client, bucket, prefix } = fixture.bucket;
    return client.send(new DeleteObjectCommand({ Bucket: bucket, Key: prefix + key }));
  };

  test('an object that was replaced since it was listed is not read', async () => {
    await fixture.put('in/a.ndjson', '{"a":1}\n');
    const listed = await fixture.find('in/a.ndjson');
    await fixture.put('in/a.ndjson', '{"a":2}\n');
    const changed = {
      code: 'OBJECT_CHANGED',
      retry: 'retryable',
      facts: { key: listed.key, etag: listed.etag },
    };
    await expect(fixture.read(listed)).rejects.toMatchObject(changed);
    await expect(fixture.source.withVersion(listed, new AbortController().signal)).rejects.toMatchObject(
      changed,
    );
    expect(await fixture.read(await fixture.find('in/a.ndjson'))).toEqual([{ a: 2 }]);
  });

  test('an object that went since it was listed is not read', async () => {
    await fixture.put('in/b.ndjson', '{"a":1}\n');
    const listed = await fixture.find('in/b.ndjson');
    await remove('in/b.ndjson');
    await expect(fixture.read(listed)).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  });

  test('an object replaced while it is read is still the one that was begun', async () => {
    await fixture.put('in/c.ndjson', rows(8));
    const listed = await fixture.find('in/c.ndjson');
    let read = 0;
    const { workDir, engine } = fixture;
    const { signal } = new AbortController();
    for await (const batch of fixture.source.readObject(stream(), listed, { signal, workDir, engine })) {
      if (read === 0) await fixture.put('in/c.ndjson', '{"a":2}\n');
      read += batch.length;
    }
    expect(read).toBe(8 << 10);
  });

  test('a connection cut half-way is no end of an object', async () => {
    const way = await startCuttableWay(url, afterAnswered(3 << 20));
    const far = openObjectSource({ url: way.url, name: 'results' });
    for (const key of ['in/d.ndjson', 'in/d.csv', 'in/d.parquet']) {
      await fixture.put(key, key.endsWith('csv') ? `a\n${'x'.repeat(8 << 20)}\n` : rows(8));
      const error = await fixture
        .read(await fixture.find(key), stream(), { source: far })
        .catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'OBJECTS_UNREACHABLE', retry: 'retryable' });
      way.mend();
    }
    await far.close();
    await way.stop();
    expect(await readdir(fixture.workDir)).toEqual([]);
  });

  test('reading ends at the signal with its reason, before and in the middle, and leaves no file', async () => {
    await fixture.put('in/e.ndjson', rows(8));
    const listed = await fixture.find('in/e.ndjson');
    const given = AbortSignal.abort(new Error('drained'));
    await expect(fixture.read(listed, stream(), { signal: given })).rejects.toThrow('drained');
    for (const format of ['ndjson', 'parquet'] as const) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(new Error('drained')), 20);
      const reading = (async () => {
        const { workDir, engine } = fixture;
        const options = { signal: controller.signal, workDir, engine };
        for await (const _ of fixture.source.readObject(stream({ format }), listed, options))
          controller.abort(new Error('drained'));
      })();
      await expect(reading).rejects.toThrow('drained');
      clearTimeout(timer);
    }
    expect(await readdir(fixture.workDir)).toEqual([]);
  });

  test('readers that give up hold no connection', async () => {
    await fixture.put('in/f.ndjson', rows(8));
    const listed = await fixture.find('in/f.ndjson');
    const { workDir, engine } = fixture;
    const { signal } = new AbortController();
    for (let turn = 0; turn < 60; turn += 1)
      for await (const _ of fixture.source.readObject(stream(), listed, { signal, workDir, engine })) break;
    expect(await fixture.list(stream({ prefix: 'in/f' }))).toHaveLength(1);
  });

  test('a large object is read in flat memory', async () => {
    await fixture.put('in/g.ndjson', rows(150));
    const listed = await fixture.find('in/g.ndjson');
    const before = process.memoryUsage().rss;
    let [peak, read] = [before, 0];
    const { workDir, engine } = fixture;
    const { signal } = new AbortController();
    const large = stream({ maxObjectBytes: 1 << 30 });
    for await (const batch of fixture.source.readObject(large, listed, { signal, workDir, engine })) {
      read += batch.length;
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    expect(read).toBe(150 << 10);
    expect(peak - before).toBeLessThan(100 << 20);
  });
});

/** Cuts once so many bytes of answers have passed, again and again. */
function afterAnswered(bytes: number) {
  let passed = 0;
  return (to: 'server' | 'client', chunk: Buffer, way: { cut(): void }): void => {
    if (to === 'client') passed += chunk.length;
    if (passed <= bytes) return;
    passed = 0;
    way.cut();
  };
}

describeWithS3('objects of a bucket that keeps versions', () => {
  let server: OwnS3;
  let fixture: ObjectsFixture;
  beforeAll(async () => {
    server = await startOwnS3({ versioning: true });
    fixture = await ObjectsFixture.open(server.url);
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await fixture.bucket.client.send(
      new PutBucketVersioningCommand({ Bucket: fixture.bucket.bucket, VersioningConfiguration }),
    );
  });
  afterAll(async () => {
    await fixture.close();
    await server.stop();
  });

  test('an object is read in the version that was found, replaced or not, and errors name it', async () => {
    const { signal } = new AbortController();
    await fixture.put('in/a.ndjson', '{"a":1}\n');
    const first = await fixture.source.withVersion(await fixture.find('in/a.ndjson'), signal);
    expect(first.versionId).toEqual(expect.any(String));
    await fixture.put('in/a.ndjson', '{"a":2');
    const second = await fixture.source.withVersion(await fixture.find('in/a.ndjson'), signal);
    expect(second.versionId).not.toBe(first.versionId);
    expect(await fixture.read(first)).toEqual([{ a: 1 }]);
    await expect(fixture.read(second)).rejects.toMatchObject({
      code: 'OBJECT_BROKEN',
      facts: { version: second.versionId, etag: second.etag },
    });
  });
});
