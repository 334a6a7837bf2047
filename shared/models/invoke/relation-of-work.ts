import type { RelationName } from '#shared/contracts/names.ts';
import { storedFailuresOf } from '../execute/stored-failures.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { Work } from './work.ts';

/** The relation something leaves behind: a test, that of its failing rows where they are kept. */
export function relationOfWork(
  project: LoadedProject,
  work: Work,
  storeFailures: boolean,
): RelationName | undefined {
  if (work.kind === 'exposure' || work.kind === 'unit_test') return undefined;
  if (work.kind === 'test') return storedFailuresOf(project, work.node, storeFailures)?.relation;
  return work.node.relation;
}
