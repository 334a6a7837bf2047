import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LandingStore } from '../landing-store.ts';
import { openLocalLandingStore } from '../local/local-landing-store.ts';
import { checkBucket } from './check-bucket.ts';

let folder = '';
let store: LandingStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-check-test-'));
  store = openLocalLandingStore({ folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The store as it would be on a server that ignores preconditions. */
function heedless(): LandingStore {
  return Object.assign(Object.create(store) as LandingStore, {
    putFile: async (key: string, path: string) => {
      await store.delete(key);
      return store.putFile(key, path);
    },
    fetchToLocal: store.fetchToLocal.bind(store),
    list: store.list.bind(store),
    move: async (from: string, to: string) => {
      await store.delete(to);
      await store.move(from, to, 'as-is');
    },
    delete: store.delete.bind(store),
  });
}

test('a store that keeps its promises has no problem', async () => {
  expect(await checkBucket(store, 'the bucket')).toEqual([]);
});

test('a server that lets taken keys be written again is refused, by name and for both ways', async () => {
  const problems = await checkBucket(heedless(), 'the bucket');
  expect(problems).toEqual([
    expect.stringContaining('landing store in the bucket: a taken key can be written again'),
    expect.stringContaining('landing store in the bucket: a taken key can be moved upon'),
  ]);
});
