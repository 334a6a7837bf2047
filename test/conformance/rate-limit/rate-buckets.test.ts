import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRateBuckets } from '#shared/rate-limit/open-rate-buckets.ts';
import type { RateBuckets } from '#shared/rate-limit/rate-buckets.ts';
import {
  describeRateBackends,
  takeInProcess,
  useRateBench,
  worstExcess,
} from '#test/support/rate-backends.ts';

describeRateBackends('rate buckets', (kind) => {
  const bench = useRateBench(kind);
  const open: RateBuckets[] = [];
  const opened = (): RateBuckets => {
    const buckets = openRateBuckets(bench);
    open.push(buckets);
    return buckets;
  };
  /** Of this try of this test alone: what a failed try has taken stays taken. */
  const key = (name: string): string => `${name}/${tries}`;
  let tries = 0;
  beforeEach(() => {
    tries += 1;
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });

  test('two processes together never take more than the burst and what grows', async () => {
    const shape = { ratePerSecond: 50, burst: 20 };
    const orders = { ...bench, key: key('two'), shape, lanes: 12, forMs: 2_500 };
    const both = await Promise.all([takeInProcess(orders), takeInProcess(orders)]);
    const taken = both.flat();
    expect(worstExcess(taken, shape)).toBeLessThanOrEqual(0);
    const from = Math.min(...taken.map(([askedAt]) => askedAt));
    const to = Math.max(...taken.map(([, gotAt]) => gotAt));
    const possible = shape.burst + (shape.ratePerSecond * (to - from)) / 1000;
    expect(taken.length).toBeGreaterThan(possible * 0.85);
    expect(Math.min(...both.map((own) => own.length))).toBeGreaterThan(0);
  });

  test('a window edge brings no second burst', async () => {
    const shape = { ratePerSecond: 10, burst: 10 };
    const bucket = opened().bucket(key('edge'), shape);
    const taken: [number, number][] = [];
    const over = performance.now() + 2_200;
    // Drained at once and then asked without end, across the points where a counting window would begin anew.
    while (performance.now() < over) {
      const askedAt = performance.now();
      await bucket.take();
      taken.push([askedAt, performance.now()]);
    }
    expect(worstExcess(taken, shape)).toBeLessThanOrEqual(0);
    expect(taken.length).toBeGreaterThan(25);
  });

  test('a full bucket gives its burst at once, then one by one', async () => {
    const bucket = opened().bucket(key('burst'), { ratePerSecond: 20, burst: 5 });
    const waits = await Promise.all(Array.from({ length: 7 }, () => bucket.take()));
    const steps = waits.map((waitedMs, index) => waitedMs - (waits[index - 1] ?? waitedMs));
    expect(Math.max(...steps.slice(0, 5))).toBeLessThan(20);
    expect(steps[5]).toBeGreaterThan(25);
    expect(steps[6]).toBeGreaterThan(25);
  });

  test('buckets of other keys and other prefixes are others', async () => {
    const shape = { ratePerSecond: 0.01, burst: 1 };
    const buckets = opened();
    await buckets.bucket(key('a'), shape).take();
    await buckets.bucket(key('b'), shape).take();
    const elsewhere = openRateBuckets({ ...bench, prefix: `${bench.prefix}x` });
    open.push(elsewhere);
    await elsewhere.bucket(key('a'), shape).take();
    await expect(buckets.bucket(key('a'), shape).take(AbortSignal.timeout(100))).rejects.toThrow();
  });

  test('those that wait are served in the order they came, and who gives up is passed over', async () => {
    const bucket = opened().bucket(key('fifo'), { ratePerSecond: 50, burst: 1 });
    const order: number[] = [];
    const leaving = new AbortController();
    const waits = [0, 1, 2, 3, 4].map((index) =>
      bucket.take(index === 2 ? leaving.signal : undefined).then(() => order.push(index)),
    );
    leaving.abort(new Error('left'));
    await expect(waits[2]).rejects.toThrow('left');
    await Promise.all(waits.filter((_, index) => index !== 2));
    expect(order).toEqual([0, 1, 3, 4]);
  });

  test('a pause holds back this process, then the bucket is no fuller than it may be', async () => {
    const bucket = opened().bucket(key('pause'), { ratePerSecond: 100, burst: 3 });
    await bucket.take();
    bucket.pause(300);
    bucket.pause(50);
    const waits = await Promise.all(Array.from({ length: 4 }, () => bucket.take()));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(295);
    const elsewhere = opened().bucket(key('pause'), { ratePerSecond: 100, burst: 3 });
    expect(await elsewhere.take()).toBeLessThan(295);
  });

  test('a smaller burst takes hold at once, whatever was taken under the larger', async () => {
    const buckets = opened();
    const large = buckets.bucket(key('shrunk'), { ratePerSecond: 10, burst: 1_000 });
    await Promise.all(Array.from({ length: 1_000 }, () => large.take()));
    const small = buckets.bucket(key('shrunk'), { ratePerSecond: 10, burst: 1 });
    expect(await small.take()).toBeLessThan(2_000);
  });

  test('closing ends all waiting', async () => {
    const buckets = opened();
    const bucket = buckets.bucket(key('close'), { ratePerSecond: 0.01, burst: 1 });
    await bucket.take();
    const waiting = bucket.take();
    await buckets.close();
    await expect(waiting).rejects.toMatchObject({ code: 'RATE_BUCKETS_CLOSED' });
    await expect(bucket.take()).rejects.toMatchObject({ code: 'RATE_BUCKETS_CLOSED' });
  });

  test.each([
    ['api s', { ratePerSecond: 1, burst: 1 }],
    ['api', { ratePerSecond: 0, burst: 1 }],
    ['api', { ratePerSecond: 1, burst: 0.5 }],
  ])('%s with %o is refused', (key, shape) => {
    expect(() => opened().bucket(key, shape)).toThrow(
      expect.objectContaining({ code: 'RATE_BUCKET_INVALID' }),
    );
  });
});
