import type { SliceReport } from '#shared/ledger/run-manifest.ts';
import { duration, grouped, section } from '../table.ts';

/** More slices than this are counted, and only those that lack something are named. */
const MAX_LISTED = 40;

/** The slices of a run for people: all of a few; of many the sums, and those that are missing something. */
export function describeSlices(slices: readonly SliceReport[]): string {
  if (slices.length <= MAX_LISTED) return listed('slices', slices);
  const lacking = slices.filter(lacks);
  const named = listed('slices that lack something', lacking.slice(0, MAX_LISTED));
  const more = lacking.length - MAX_LISTED;
  return sums(slices) + named + (more > 0 ? `and ${grouped(more)} more; --json has them all\n` : '');
}

const lacks = (slice: SliceReport): boolean =>
  slice.reason !== null || slice.incomplete !== null || slice.quarantinedFiles > 0 || slice.rejectedRows > 0;

/** One line for each stream. */
function sums(slices: readonly SliceReport[]): string {
  const streams = [...new Set(slices.map(({ stream }) => stream))];
  return section(
    'slices, counted',
    ['stream', 'slices', 'came', 'failed', 'in part', 'rows', 'rejected', 'calls', 'of entities', 'answered'],
    streams.map((stream) => {
      const own = slices.filter((slice) => slice.stream === stream);
      const total = (of: (slice: SliceReport) => number): string =>
        grouped(own.reduce((sum, slice) => sum + of(slice), 0));
      return [
        stream,
        grouped(own.length),
        total(({ status }) => Number(status === 'succeeded' || status === 'no_changes')),
        total(({ status }) => Number(status === 'failed')),
        total(({ incomplete }) => Number(incomplete !== null)),
        total(({ rows }) => rows),
        total(({ rejectedRows }) => rejectedRows),
        total(({ callsByWay }) => Object.values(callsByWay ?? {}).reduce((sum, calls) => sum + calls, 0)),
        total(({ expected }) => expected ?? 0),
        total(({ answered }) => answered ?? 0),
      ];
    }),
  );
}

function listed(title: string, slices: readonly SliceReport[]): string {
  return section(
    title,
    [
      'stream',
      'extract',
      'window',
      'rows',
      'rejected',
      'without cursor',
      'quarantined files',
      'held back',
      'why',
    ],
    slices.map((one) => [
      one.slice === '' ? one.stream : `${one.stream}/${one.slice}`,
      one.status,
      one.window ?? '–',
      grouped(one.rows),
      grouped(one.rejectedRows),
      grouped(one.nullCursorRows),
      grouped(one.quarantinedFiles),
      one.heldBackBy === null ? '–' : `${duration(one.heldBackMs)} by ${one.heldBackBy}`,
      one.reason ?? one.incomplete ?? '',
    ]),
  );
}
