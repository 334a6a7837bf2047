import { openRateBuckets } from '#shared/rate-limit/open-rate-buckets.ts';
import type { BucketShape } from '#shared/rate-limit/rate-buckets.ts';

/** Its only argument, as JSON. */
export interface TakerOrders {
  readonly url: string;
  readonly prefix: string;
  readonly key: string;
  readonly shape: BucketShape;
  /** Takers at once, each one point after the other. */
  readonly lanes: number;
  readonly forMs: number;
}

/** When a point was asked for and when it was there, milliseconds since 1970 with fractions. */
export type Taken = readonly [askedAt: number, gotAt: number];

const orders = JSON.parse(process.argv[2] ?? '{}') as TakerOrders;
const now = (): number => performance.timeOrigin + performance.now();

const buckets = openRateBuckets(orders);
const bucket = buckets.bucket(orders.key, orders.shape);
const over = AbortSignal.timeout(orders.forMs);
const taken: Taken[] = [];

async function takeUntilOver(): Promise<void> {
  while (!over.aborted) {
    const askedAt = now();
    try {
      await bucket.take(over);
    } catch (error) {
      if (over.aborted) return;
      throw error;
    }
    taken.push([askedAt, now()]);
  }
}

await Promise.all(Array.from({ length: orders.lanes }, takeUntilOver));
await buckets.close();
process.stdout.write(JSON.stringify(taken));
