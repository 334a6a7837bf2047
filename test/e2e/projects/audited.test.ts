import { playProject } from '#test/support/projects/play-project.ts';

/** The same projects by write, audit, publish: what stands afterwards is what stands without. */
const BUILD = ['build', '--audit'];

playProject('bookshop', [{ world: '1.sql', command: BUILD, expected: '1.txt', exitCode: 0 }]);
playProject('chronicle', [{ world: '1.sql', command: BUILD, expected: '1.txt', exitCode: 0 }]);
// One of its models reads whatever is there by the beginning of its name: that is what is published, once.
playProject('depot', [
  { world: '1.sql', command: ['build'], expected: '1.txt', exitCode: 0 },
  { command: BUILD, expected: 'audited.txt', exitCode: 0 },
]);
