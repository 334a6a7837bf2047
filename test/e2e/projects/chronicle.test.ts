import { playProject } from '#test/support/projects/play-project.ts';

const VARS = '{run: second, extra: true, reader: pg_read_all_data}';
const YEAR = ['--event-time-start', '2025-01-01', '--event-time-end', '2026-01-01'];
const SNAPSHOTS = ['--select', 'resource_type:snapshot', 'broken_contract'];
const FULL = ['--full-refresh', '--select', 'config.materialized:incremental'];
const UNIT = ['--vars', '{break: true, extra: true}', '--select', 'test_type:unit'];

/** Snapshots, incremental models, contracts, versions, unit tests, grants, hooks, comments, indexes. */
playProject('chronicle', [
  { world: '1.sql', command: ['build'], expected: '1.txt', exitCode: 0 },
  {
    world: '2.sql',
    command: ['build', '--vars', VARS, ...YEAR],
    expected: '2.txt',
    exitCode: 1,
  },
  {
    world: '3.sql',
    command: ['build', '--vars', '{break: true}', ...SNAPSHOTS],
    expected: '3.txt',
    exitCode: 1,
  },
  {
    command: ['run', '--vars', '{run: fourth}', ...FULL],
    expected: '4.txt',
    exitCode: 0,
  },
  { command: ['test', ...UNIT], expected: '5.txt', exitCode: 1 },
]);
