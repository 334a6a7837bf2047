import { expect, test } from 'vitest';
import { Service } from './service.ts';

test('concurrent starts share one start', async () => {
  let starts = 0;
  const service = new Service('s', async () => void starts++);
  await Promise.all([service.start(), service.start()]);
  expect(starts).toBe(1);
  expect(service.state).toBe('running');
  await service.stop(100);
});

test('a failed start releases what it had acquired and can be stopped', async () => {
  const released: string[] = [];
  const service = new Service('s', async (releasers) => {
    releasers.add('pool', () => void released.push('pool'));
    throw new Error('no redis');
  });
  await expect(service.start()).rejects.toThrow('no redis');
  expect(released).toEqual(['pool']);
  expect(service.state).toBe('failed');
  await service.stop(100);
  expect(service.state).toBe('stopped');
});

test('stop before start leaves it stopped, and start is refused', async () => {
  const service = new Service('s', async () => {});
  await service.stop(100);
  await expect(service.start()).rejects.toThrow('stopped');
});

test('stop during start waits for it, then releases', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const released: string[] = [];
  const service = new Service('s', async (releasers) => {
    await promise;
    releasers.add('late', () => void released.push('late'));
  });
  const starting = service.start();
  const stopping = service.stop(1_000);
  resolve();
  await Promise.all([starting, stopping]);
  expect(released).toEqual(['late']);
});

test('stop twice returns one report', async () => {
  const service = new Service('s', async (releasers) => releasers.add('x', () => {}));
  await service.start();
  expect(service.stop(100)).toBe(service.stop(100));
});
