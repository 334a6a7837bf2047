import { playProject } from '#test/support/projects/play-project.ts';

/** Seeds, staging and marts, sources, tests of every kind, hooks, exposures; columns that the data decide. */
playProject('bookshop', [
  { world: '1.sql', command: ['build'], expected: '1.txt', exitCode: 0 },
  { world: '2.sql', files: '2', command: ['build'], expected: '2.txt', exitCode: 1 },
  { command: ['run'], expected: '3.txt', exitCode: 0 },
  { command: ['test'], expected: '4.txt', exitCode: 1 },
]);
