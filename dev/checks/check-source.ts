import { dirname } from 'node:path';
import { findProblems } from './find-problems.ts';

const problems = findProblems(dirname(dirname(import.meta.dirname)));
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`${problems.length} broken rules`);
  process.exitCode = 1;
}
