import { newObjects } from '#shared/ledger/objects.ts';
import type { FoundObject } from '#shared/sources/objects/found-object.ts';
import type { ExtractorDeps } from '../extractor-deps.ts';
import type { ObjectsAttempt } from './objects-attempt.ts';

/** Asked of the ledger at once. */
const PAGE = 1_000;
/** Read by one run at most; the next one takes the rest. */
const MAX_OBJECTS = 10_000;

/** Objects of the stream that the ledger has not met, oldest first. */
export async function findNewObjects(
  { ledger }: ExtractorDeps,
  { task, stream, source, signal }: ObjectsAttempt,
): Promise<FoundObject[]> {
  const found: FoundObject[] = [];
  let page: FoundObject[] = [];
  for await (const object of source.listObjects(stream, signal)) {
    page.push(object);
    if (page.length < PAGE) continue;
    found.push(...(await newObjects(ledger, task, page)));
    page = [];
    if (found.length >= MAX_OBJECTS) break;
  }
  found.push(...(await newObjects(ledger, task, page)));
  return found
    .sort((a, b) => Date.parse(a.modifiedAt) - Date.parse(b.modifiedAt) || (a.key < b.key ? -1 : 1))
    .slice(0, MAX_OBJECTS);
}
