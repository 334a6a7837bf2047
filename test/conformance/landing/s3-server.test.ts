import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LandingStore } from '#shared/landing/landing-store.ts';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import { openS3Bucket } from '#shared/s3/s3-bucket.ts';
import { startCuttableWay } from '#test/support/cuttable-way.ts';
import { describeWithS3, type OwnS3, startOwnS3 } from '#test/support/s3.ts';
import { LocalFiles, sha256Of } from './local-files.ts';
import { keysOf, readText } from './read-object.ts';

const KEY = 'landing/s/a.parquet';
const TO = 'archive/s/a.parquet';

/** What only a server does: refuse, forget, damage, restart. */
describeWithS3('an S3 landing store and its server', () => {
  let server: OwnS3;
  let files: LocalFiles;
  let store: LandingStore;
  beforeAll(async () => {
    server = await startOwnS3();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    files = await LocalFiles.create();
    store = openLandingStore({ url: server.url });
  });
  afterEach(async () => {
    for await (const { key } of store.list('')) await store.delete(key);
    await Promise.all([store.close(), files.dispose()]);
  });

  /** Flips a byte of an object on the server's disk; size, checksum and ETag stay. */
  async function rot(key: string): Promise<void> {
    const file = await open(join(server.folderOf('penstock'), key), 'r+');
    const { buffer: byte } = await file.read(Buffer.alloc(1), 0, 1, 1);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 1);
    await file.close();
  }

  async function problemsAt(change: (url: URL) => void): Promise<string[]> {
    const url = new URL(server.url);
    change(url);
    const other = openLandingStore({ url: url.href });
    const problems = await other.check();
    await other.close();
    return problems;
  }

  test.each<[string, string, (url: URL) => void]>([
    ['a wrong secret', 's3=SignatureDoesNotMatch', (url) => Object.assign(url, { password: 'WRONGSECRET' })],
    ['a wrong key', 'LANDING_FORBIDDEN', (url) => Object.assign(url, { username: 'WRONGSECRET' })],
    [
      'a missing bucket',
      'LANDING_BUCKET_MISSING',
      (url) => Object.assign(url, { pathname: '/no-such-bucket' }),
    ],
    ['a port where nobody listens', 'LANDING_UNREACHABLE', (url) => Object.assign(url, { port: '1' })],
  ])('says in words that it has %s', async (_what, said, change) => {
    const problems = await problemsAt(change);
    expect(problems).toEqual([expect.stringContaining(said)]);
    expect(problems[0]).toContain('landing store in http://127.0.0.1:');
    for (const secret of ['WRONGSECRET', new URL(server.url).password])
      expect(problems[0]).not.toContain(secret);
  });

  test('finds rotten bytes on a read, small and large, before it has been read to its end', async () => {
    for (const bytes of [40, 20 << 20]) {
      const key = `${KEY}-${bytes}`;
      const { path, ...identity } = await files.writeSized(bytes);
      await store.putFile(key, path);
      expect(await store.head(key)).toMatchObject({ checksum: identity.checksum });
      await rot(key);
      const error = { code: 'LANDING_OBJECT_CORRUPT' };
      await expect(store.openRead(key).then((stream) => buffer(stream))).rejects.toMatchObject(error);
      await expect(store.fetchToLocal(key, files.folder, identity)).rejects.toMatchObject(error);
    }
  });

  test('moves no object of another checksum than recorded', async () => {
    const { path, ...identity } = await files.write('rows');
    await store.putFile(KEY, path);
    const wrong = { ...identity, checksum: sha256Of('ROWS') };
    await expect(store.move(KEY, TO, wrong)).rejects.toMatchObject({ code: 'LANDING_OBJECT_CORRUPT' });
    expect(await keysOf(store.list(''))).toEqual([KEY]);
  });

  test('moves what another program stored, by reading it where the server has no checksum', async () => {
    const { path: _, ...identity } = await files.write('rows');
    const { client, bucket } = openS3Bucket(server.url);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: KEY, Body: Buffer.from('rows') }));
    client.destroy();
    expect((await store.head(KEY))?.checksum).toBeUndefined();
    await store.move(KEY, TO, identity);
    expect(await store.head(TO)).toMatchObject(identity);
  });

  test('refuses bytes that changed on the way, tells it as something to repeat, and stores nothing', async () => {
    for (const bytes of [5_000, 20 << 20]) {
      const { path } = await files.writeSized(bytes);
      const way = await startCuttableWay(server.url, (to, chunk) => {
        // Headers come in a chunk of their own, or before the last kilobyte.
        if (to === 'server' && chunk.length > 2_000) chunk[chunk.length - 1] = (chunk.at(-1) ?? 0) ^ 1;
      });
      const far = openLandingStore({ url: way.url });
      await expect(far.putFile(KEY, path)).rejects.toMatchObject({
        code: 'LANDING_TRANSFER_DAMAGED',
        retry: 'retryable',
      });
      await far.close();
      await way.stop();
      expect(await store.head(KEY)).toBeUndefined();
      expect(await store.cleanAside(0)).toBe(0);
    }
  });

  test('sees nothing of other prefixes, nor what others put under names that it never gives', async () => {
    const url = new URL(server.url);
    url.pathname += '/one';
    const one = openLandingStore({ url: url.href });
    await one.putFile(KEY, (await files.write('one')).path);
    await store.putFile(KEY, (await files.write('all')).path);
    const { client, bucket } = openS3Bucket(url.href);
    for (const key of ['one/landing/.hidden', 'one/landing/marker/', 'onelanding/x'])
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.alloc(0) }));
    client.destroy();
    expect(await keysOf(one.list(''))).toEqual([KEY]);
    expect(await readText(one, KEY)).toBe('one');
    expect(await keysOf(store.list('one'))).toEqual([`one/${KEY}`, 'onelanding/x']);
    await one.close();
  });

  test('goes on after the server was killed and started again', async () => {
    const { path, ...identity } = await files.write('rows');
    await store.putFile(KEY, path);
    await server.kill('SIGKILL');
    await expect(store.head(KEY)).rejects.toMatchObject({ code: 'LANDING_UNREACHABLE' });
    const { port, pid } = server;
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    await (await store.fetchToLocal(KEY, files.folder, identity)).release();
  });
});
