import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareKeys } from '#shared/landing/object-key.ts';
import { openObjectSource } from '#shared/sources/objects/object-source.ts';
import { describeWithS3, testS3 } from '#test/support/s3.ts';
import { ObjectsFixture, stream } from './objects-fixture.ts';

describeWithS3('objects of a bucket, listed', () => {
  let url = '';
  let fixture: ObjectsFixture;
  beforeAll(async () => {
    url = testS3();
    fixture = await ObjectsFixture.open(url);
  });
  afterAll(() => fixture.close());

  const keys = async (over: Parameters<typeof stream>[0]): Promise<string[]> =>
    (await fixture.list(stream(over))).map(({ key }) => key.slice(fixture.bucket.prefix.length));

  test('an object is told with its whole key, ETag, size and time', async () => {
    await fixture.put('one/ü 1.json', '[]');
    const [object] = await fixture.list(stream({ prefix: 'one/' }));
    expect(object).toEqual({
      bucket: 'penstock',
      key: `${fixture.bucket.prefix}one/ü 1.json`,
      etag: 'd751713988987e9331980363e24189ce',
      versionId: null,
      size: 2,
      modifiedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(Math.abs(Date.now() - Date.parse(object?.modifiedAt ?? ''))).toBeLessThan(60_000);
    await fixture.put('one/ü 1.json', '[ ]');
    const [changed] = await fixture.list(stream({ prefix: 'one/' }));
    expect(changed?.etag).not.toBe(object?.etag);
  });

  test('the prefix is any text, and the pattern matches the whole key or not at all', async () => {
    const all = ['two/a.json', 'two/a.json.bak', 'two/b/a.json', 'two2/a.json', 'twox.json'];
    for (const key of all) await fixture.put(key, '[]');
    expect(await keys({ prefix: 'two' })).toEqual([...all].sort(compareKeys));
    expect(await keys({ prefix: 'two/' })).toEqual(['two/a.json', 'two/a.json.bak', 'two/b/a.json']);
    expect(await keys({ prefix: 'two/', match: '.*\\.json' })).toEqual(['two/a.json', 'two/b/a.json']);
    expect(await keys({ prefix: 'two/', match: 'a\\.json' })).toEqual([]);
    expect(await keys({ prefix: 'two/', match: 'x|.*/two/[^/]+|y' })).toEqual([
      'two/a.json',
      'two/a.json.bak',
    ]);
  });

  test('markers in the place of folders are no objects', async () => {
    await fixture.put('three/folder/', '');
    await fixture.put('three/folder/a.json', '[]');
    expect(await keys({ prefix: 'three/' })).toEqual(['three/folder/a.json']);
  });

  test('2,300 objects come page by page, each once and in order', async () => {
    const names = Array.from({ length: 2_300 }, (_, n) => `many/${n}.json`);
    for (let start = 0; start < names.length; start += 50)
      await Promise.all(names.slice(start, start + 50).map((name) => fixture.put(name, '[]')));
    expect(await keys({ prefix: 'many/' })).toEqual([...names].sort(compareKeys));
  });

  test('a listing ends at the signal, with its reason', async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const listing = async (): Promise<void> => {
      for await (const { key } of fixture.source.listObjects(
        stream({ prefix: 'many/' }),
        controller.signal,
      )) {
        seen.push(key);
        controller.abort(new Error('drained'));
      }
    };
    await expect(listing()).rejects.toThrow('drained');
    expect(seen.length).toBeLessThanOrEqual(1_000);
  });

  test.each<[string, string, string, (url: URL) => void]>([
    [
      'a wrong secret',
      'OBJECTS_FORBIDDEN',
      'unknown',
      (at) => Object.assign(at, { password: 'WRONGSECRET' }),
    ],
    [
      'a missing bucket',
      'OBJECTS_BUCKET_MISSING',
      'unknown',
      (at) => Object.assign(at, { pathname: '/no-such' }),
    ],
    ['nobody there', 'OBJECTS_UNREACHABLE', 'retryable', (at) => Object.assign(at, { port: '1' })],
  ])('%s is told for what it is, and nothing secret', async (_what, code, retry, change) => {
    const at = new URL(url);
    change(at);
    const source = openObjectSource({ url: at.href, name: 'results' });
    const error = await fixture.list(stream(), source).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, retry });
    const [problem] = await source.check();
    expect(problem).toContain(`source results (http://127.0.0.1:`);
    expect(problem).toContain(code);
    await source.close();
    for (const secret of ['WRONGSECRET', new URL(url).password])
      expect(`${(error as Error).stack} ${JSON.stringify(error)} ${problem}`).not.toContain(secret);
  });

  test('a bucket that can be read has no problem', async () => {
    expect(await fixture.source.check()).toEqual([]);
  });
});
