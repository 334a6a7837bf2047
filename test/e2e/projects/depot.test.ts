import { playProject } from '#test/support/projects/play-project.ts';

const VARS = '{all: 8, label: of the command, country: DE}';

/** Two packages: dispatch, overrides of built-in names and tests, scopes of variables, a materialisation of a package. */
playProject('depot', [
  { world: '1.sql', command: ['build'], expected: '1.txt', exitCode: 0 },
  { world: '2.sql', command: ['run', '--vars', VARS], expected: '2.txt', exitCode: 0 },
  { command: ['run', '--full-refresh', '--select', 'words'], expected: '3.txt', exitCode: 0 },
]);
