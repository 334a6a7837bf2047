import type { Call } from './call.ts';

/** Bodies that were rendered before. Only for an instant that stands still. */
export class PageCache {
  readonly #pages = new Map<string, Buffer>();

  /** Undefined when it was not asked for yet. */
  get(shard: string, call: Call): Buffer | undefined {
    return this.#pages.get(keyOf(shard, call));
  }

  keep(shard: string, call: Call, body: Buffer): void {
    this.#pages.set(keyOf(shard, call), body);
  }
}

const keyOf = (shard: string, { endpoint, customerId, deviceId, limit, cursor, day }: Call): string =>
  `${shard} ${endpoint} ${customerId} ${deviceId} ${day} ${limit} ${cursor}`;
