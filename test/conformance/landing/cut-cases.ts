import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { LandingStore } from '#shared/landing/landing-store.ts';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import { type CuttableWay, startCuttableWay, type Watch } from '#test/support/cuttable-way.ts';
import type { LandingCase } from './landing-conformance.ts';
import { keysOf, readText } from './read-object.ts';

const FROM = 'landing/credit/installments/a.parquet';
const TO = 'archive/credit/installments/a.parquet';
const MIB = 1 << 20;

/** The store, and the same store by a way that is cut when `watch` says so. */
async function overWay(
  url: string,
  watch: Watch,
  work: (far: LandingStore, way: CuttableWay) => Promise<void>,
): Promise<void> {
  const way = await startCuttableWay(url, watch);
  const far = openLandingStore({ url: way.url });
  try {
    await work(far, way);
  } finally {
    await far.close();
    await way.stop();
  }
}

/** Cuts when so many bytes have gone one way. */
function afterBytes(direction: 'server' | 'client', bytes: number): Watch {
  let passed = 0;
  return (to, chunk, way) => {
    if (to === direction) passed += chunk.length;
    if (passed > bytes) way.cut();
  };
}

/** Loses the n-th answer: the server has done the work, and nobody hears of it. */
function losingAnswer(n: number, then: 'mend' | 'stay cut'): Watch {
  let answers = 0;
  return (to, chunk, way) => {
    const head = chunk.subarray(0, 12).toString('latin1');
    if (to !== 'client' || !head.startsWith('HTTP/1.1 ') || head.endsWith('100')) return;
    answers += 1;
    if (answers !== n) return;
    way.cut();
    if (then === 'mend') way.mend();
  };
}

export function cutCases(current: () => LandingCase): void {
  it('shows nothing of an upload cut half-way, and stores it the next time', async () => {
    const { store, url, files } = current();
    const large = await files.writeLarge(40);
    await overWay(url, afterBytes('server', 20 * MIB), async (far, way) => {
      await expect(far.putFile(FROM, large.path)).rejects.toMatchObject({
        code: 'LANDING_UNREACHABLE',
        retry: 'retryable',
      });
      expect(await store.head(FROM)).toBeUndefined();
      expect(await keysOf(store.list(''))).toEqual([]);
      way.mend();
    });
    expect(await store.putFile(FROM, large.path)).toMatchObject({ alreadyThere: false });
    expect(await store.cleanAside(0)).toBe(1);
    (await store.fetchToLocal(FROM, files.folder, large)).release();
  });

  it('stores a large file whichever answer is lost on the way', async () => {
    const { store, url, files } = current();
    for (let n = 1; n <= 6; n += 1) {
      const key = `${FROM}-${n}`;
      const large = await files.writeSized(17 * MIB);
      await overWay(url, losingAnswer(n, 'mend'), async (far) => {
        expect(await far.putFile(key, large.path, { checksum: large.checksum })).toMatchObject({ key });
      });
      await (await store.fetchToLocal(key, files.folder, large)).release();
    }
    expect(await keysOf(store.list(''))).toHaveLength(6);
  });

  it('stores a small file whose answer is lost', async () => {
    const { store, url, files } = current();
    const { path } = await files.write('rows');
    await overWay(url, losingAnswer(1, 'mend'), async (far) => {
      await far.putFile(FROM, path);
    });
    expect(await readText(store, FROM)).toBe('rows');
  });

  it('moves whichever answer is lost on the way', async () => {
    const { store, url, files } = current();
    const { path, ...identity } = await files.write('rows');
    for (let n = 1; n <= 6; n += 1) {
      await store.putFile(FROM, path);
      await overWay(url, losingAnswer(n, 'mend'), (far) => far.move(FROM, TO, identity));
      expect(await keysOf(store.list('')), `answer ${n}`).toEqual([TO]);
      await store.delete(TO);
    }
  });

  it('can be cut for good at any step of a move; the object is whole, and the next move ends it', async () => {
    const { store, url, files } = current();
    const { path, ...identity } = await files.write('rows');
    for (let n = 1; n <= 5; n += 1) {
      await store.putFile(FROM, path);
      await overWay(url, losingAnswer(n, 'stay cut'), async (far) => {
        await expect(far.move(FROM, TO, identity)).rejects.toMatchObject({ retry: 'retryable' });
      });
      const keys = await keysOf(store.list(''));
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) expect(await readText(store, key)).toBe('rows');
      await store.move(FROM, TO, identity);
      expect(await keysOf(store.list('')), `answer ${n}`).toEqual([TO]);
      await store.delete(TO);
    }
  });

  it('never takes the beginning of an object for the whole', async () => {
    const { store, url, files } = current();
    const large = await files.writeLarge(12);
    await store.putFile(FROM, large.path);
    const workDir = `${files.folder}/work`;
    await overWay(url, afterBytes('client', 6 * MIB), async (far, way) => {
      await expect(far.fetchToLocal(FROM, workDir, large)).rejects.toMatchObject({
        code: 'LANDING_UNREACHABLE',
      });
      expect(await readdir(workDir)).toEqual([]);
      way.mend();
      const reading = (async () => {
        for await (const _ of await far.openRead(FROM));
      })();
      await expect(reading).rejects.toThrow();
    });
  });

  it('says of every call that the server cannot be reached, and nothing secret', async () => {
    const { url, files } = current();
    const { path, ...identity } = await files.write('rows');
    await overWay(
      url,
      () => {},
      async (far, way) => {
        way.cut();
        const calls = [
          () => far.putFile(FROM, path),
          () => far.head(FROM),
          () => far.openRead(FROM),
          () => far.fetchToLocal(FROM, files.folder, identity),
          () => far.move(FROM, TO, identity),
          () => far.delete(FROM),
          () => keysOf(far.list('')),
          () => far.cleanAside(0),
        ];
        const said = await Promise.allSettled(calls.map((call) => call()));
        const { username, password } = new URL(url);
        for (const one of said) {
          expect(one).toMatchObject({ status: 'rejected', reason: { code: 'LANDING_UNREACHABLE' } });
          const shown = one.status === 'rejected' ? `${one.reason.stack} ${JSON.stringify(one.reason)}` : '';
          expect(shown).not.toContain(password);
          expect(shown).not.toContain(username);
        }
        expect(await far.check()).toEqual([expect.stringContaining('LANDING_UNREACHABLE')]);
      },
    );
  });
}
