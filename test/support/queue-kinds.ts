import { describe } from 'vitest';
import { describeWithRedis } from './redis.ts';
import type { QueueKind } from './test-platform.ts';

/** Runs one suite of the whole platform over each queue backend. */
export function describeOverQueues(title: string, suite: (queue: QueueKind) => void): void {
  describe(`${title}, queue on PostgreSQL`, () => suite('postgres'));
  describeWithRedis(`${title}, queue on Redis`, () => suite('redis'));
}
