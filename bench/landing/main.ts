import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlText } from '#shared/parquet/sql-text.ts';
import { measured, peakRssMb, withScratch } from '../parquet/sample.ts';
import { byAppender } from './by-appender.ts';
import { byDuckdb } from './by-duckdb.ts';
import { byModule } from './by-module.ts';
import { byParquetjs } from './by-parquetjs.ts';
import { DEVICE_CONTRACT, deviceProjection, deviceState, projectedRows } from './device-rows.ts';
import { exactnessOf } from './exactness.ts';
import type { Way } from './way.ts';

/**
 * One way of landing rows that come one by one, alone in this process. Prints one JSON object.
 *
 *     node bench/landing/main.ts module|duckdb|appender|parquetjs|nothing|exact-module|…|project <rows>
 */
const WAYS: Readonly<Record<string, Way>> = {
  module: byModule,
  duckdb: byDuckdb,
  appender: byAppender,
  parquetjs: byParquetjs,
  /** What the rows themselves cost. */
  nothing: async ({ rows }) => {
    for (const _ of rows);
  },
};

const [, , asked = '', count = '100000'] = process.argv;
const exactly = asked.startsWith('exact-');
const way = WAYS[asked.replace('exact-', '')];
if (asked === 'project') console.log(JSON.stringify(measureProjection(Number(count))));
else if (way === undefined) throw new Error(`there is no way ${asked}`);
else
  await withScratch(async (engine, folder) => {
    if (exactly) console.log(JSON.stringify(await exactnessOf(way, engine, folder)));
    else console.log(JSON.stringify(await land(way)));

    async function land(chosen: Way): Promise<object> {
      const [rows, outPath] = [Number(count), join(folder, 'out.parquet')];
      const input = { engine, contract: DEVICE_CONTRACT, rows: projectedRows(rows), folder, outPath };
      const [, spent] = await measured(() => chosen(input));
      const peakMb = peakRssMb();
      if (asked === 'nothing') return { rows, ...spent, peakMb };
      const [found] = await engine.use((session) =>
        session.rows(`select count(distinct device_id)::int as n from read_parquet(${sqlText(outPath)})`),
      );
      if (found?.['n'] !== rows) throw new Error('rows are missing');
      return { rows, ...spent, peakMb, bytes: (await stat(outPath)).size };
    }
  });

/** CPU time of parsing a state and of projecting it, microseconds a row; the least of several turns. */
function measureProjection(rows: number): object {
  const texts = Array.from({ length: Math.min(rows, 20_000) }, (_, i) => JSON.stringify(deviceState(i)));
  const parsed: unknown[] = texts.map((text) => JSON.parse(text));
  const project = deviceProjection();
  const turns = Array.from({ length: 20 }, () => ({
    parse: cpuOf(() => {
      for (const text of texts) JSON.parse(text);
    }),
    project: cpuOf(() => {
      for (const state of parsed) project(state);
    }),
  }));
  const least = (of: (turn: { parse: number; project: number }) => number): number =>
    Math.round((Math.min(...turns.map(of)) / texts.length) * 100) / 100;
  const [parseUs, projectUs] = [least(({ parse }) => parse), least(({ project: one }) => one)];
  return {
    bytes: texts[0]?.length,
    parseUs,
    projectUs,
    ratio: Math.round((projectUs / parseUs) * 100) / 100,
  };
}

function cpuOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
