import { expect, test } from 'vitest';
import { jobs } from '#shared/contracts/jobs.ts';
import { safeJobId } from './job-id.ts';

test('ids of the catalogue pass unchanged', () => {
  const ids = [jobs.tick.jobId(), jobs.extract.jobId({ taskId: '12', generation: 3 })];
  expect(ids.map(safeJobId)).toEqual(['tick', 'extract-12-3']);
});

test.each(['123', '-1', '0:', 'a:b', 'run ção', ''])('%j becomes an id both backends accept', (id) => {
  const safe = safeJobId(id);
  expect(safe).toMatch(/^[A-Za-z0-9._-]*[A-Za-z_.][A-Za-z0-9._-]*$/);
  expect(safeJobId(id)).toBe(safe);
});

test('ids that would look alike stay apart', () => {
  expect(safeJobId('a:b')).not.toBe(safeJobId('a;b'));
});
