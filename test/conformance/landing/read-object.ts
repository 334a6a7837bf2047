import { buffer } from 'node:stream/consumers';
import type { LandingStore, ReadOptions, StoredObject } from '#shared/landing/landing-store.ts';

/** The whole object as text. */
export async function readText(store: LandingStore, key: string, options?: ReadOptions): Promise<string> {
  return (await buffer(await store.openRead(key, options))).toString();
}

/** Every key of a listing. */
export async function keysOf(listing: AsyncIterable<StoredObject>): Promise<string[]> {
  const keys: string[] = [];
  for await (const object of listing) keys.push(object.key);
  return keys;
}
