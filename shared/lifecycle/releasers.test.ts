import { expect, test } from 'vitest';
import { Releasers } from './releasers.ts';

test('releases in reverse, attempts all, reports failures and time-outs', async () => {
  const order: string[] = [];
  const releasers = new Releasers();
  releasers.add('pool', () => void order.push('pool'));
  releasers.add('broken', () => {
    order.push('broken');
    throw new Error('no');
  });
  releasers.add('stuck', () => new Promise<void>(() => void order.push('stuck')));
  const report = await releasers.releaseAll(30);
  expect(order).toEqual(['stuck', 'broken', 'pool']);
  expect(report.timedOut).toEqual(['stuck']);
  expect(report.failed.map((entry) => entry.name)).toEqual(['broken']);
});

test('releasing twice releases nothing again', async () => {
  let times = 0;
  const releasers = new Releasers();
  releasers.add('once', () => void times++);
  await releasers.releaseAll(100);
  await releasers.releaseAll(100);
  expect(times).toBe(1);
});
