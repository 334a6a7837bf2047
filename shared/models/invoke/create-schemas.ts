import { PenstockError } from '#shared/errors/penstock-error.ts';
import { storedName } from '../compile/stored-name.ts';
import { modelErrors } from '../errors.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { InvokeOptions } from './invocation.ts';
import { relationOfWork } from './relation-of-work.ts';
import type { Work } from './work.ts';

/** One connection reaches one database; in the original too the run fails here. */
function checkDatabase({ graph }: LoadedProject, work: Work): void {
  const { target } = graph.options;
  const database = 'node' in work && 'database' in work.node ? work.node.database : undefined;
  if (typeof database !== 'string' || database.toLowerCase() === target.database.toLowerCase()) return;
  throw new PenstockError(modelErrors.otherDatabase, {
    ...{ model: work.node.uniqueId, database, connected: target.database, type: target.type },
  });
}

/** Makes the schemas that the nodes' relations go to, those that are not there. @throws PenstockError of the server. */
export async function createSchemas(
  { adapter, signal, project, flags }: Pick<InvokeOptions, 'adapter' | 'signal' | 'project' | 'flags'>,
  works: Iterable<Work>,
): Promise<void> {
  const wanted = new Set<string>();
  for (const work of works) {
    checkDatabase(project, work);
    const relation = relationOfWork(project, work, flags.storeFailures);
    if (relation !== undefined) wanted.add(storedName(relation, project.graph.options.target).schema);
  }
  if (wanted.size === 0) return;
  const connection = await adapter.connect('schemas', signal);
  try {
    const there = new Set(await connection.schemas());
    for (const schema of wanted) if (!there.has(schema)) await connection.createSchema(schema);
  } finally {
    await connection.release();
  }
}
