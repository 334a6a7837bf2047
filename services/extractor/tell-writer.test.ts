import { expect, test } from 'vitest';
import { createLogger } from '#shared/telemetry/logger.ts';
import { createMetrics } from '#shared/telemetry/metrics.ts';
import { tellWriter } from './tell-writer.ts';

test('files are counted by who wrote them and why, and only a fault of the module is warned of', async () => {
  const metrics = createMetrics({ processMetrics: false });
  const log = createLogger('extractor', 'silent');
  const warned: unknown[] = [];
  log.warn = (facts: unknown) => void warned.push(facts);
  const of = { pipeline: 'fleet', stream: 'hierarchy' };
  for (const otherWay of [null, null, 'column_type', 'module_fault'] as const)
    tellWriter({ metrics, log }, of, { otherWay });
  const { values } = await metrics.convertedFiles.get();
  expect(values.map(({ labels, value }) => [labels.writer, labels.because, value])).toEqual([
    ['module', 'none', 2],
    ['duckdb', 'column_type', 1],
    ['duckdb', 'module_fault', 1],
  ]);
  expect(warned).toEqual([of]);
});
