import type { InvokeOptions } from './invocation.ts';
import type { Work } from './work.ts';

/** Makes the schemas that the nodes' relations go to, those that are not there. @throws PenstockError of the server. */
export async function createSchemas(
  { adapter, signal }: Pick<InvokeOptions, 'adapter' | 'signal'>,
  works: Iterable<Work>,
): Promise<void> {
  const wanted = new Set<string>();
  for (const work of works) if (work.kind !== 'test') wanted.add(work.node.relation.schema);
  if (wanted.size === 0) return;
  const connection = await adapter.connect('schemas', signal);
  try {
    const there = new Set(await connection.schemas());
    for (const schema of wanted) if (!there.has(schema)) await connection.createSchema(schema);
  } finally {
    await connection.release();
  }
}
