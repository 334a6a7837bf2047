import type { StatementResult } from '../adapter/adapter.ts';
import { compileSql, openOperation, publishedResolution, type Resolution } from '../compile/compile-model.ts';
import type { InvokeOptions } from './invocation.ts';
import { logOf } from './log-of.ts';
import { operationNode } from './operation-node.ts';

/** A node by its key, a template, or SQL that is none. */
export type ShowQuery = { readonly key: string } | { readonly inline: string } | { readonly direct: string };

/** A query to be shown: of a node, or given as text. */
export interface ShowRequest
  extends Pick<InvokeOptions, 'project' | 'adapter' | 'run' | 'onEvent' | 'signal'> {
  readonly query: ShowQuery;
  /** Where names lead, default what is published here. */
  readonly resolution?: Resolution;
  readonly fullRefresh?: boolean;
  /** Rows at most; undefined is all of them. */
  readonly limit: number | undefined;
}

/** What was asked, and what came. */
export interface Shown {
  readonly sql: string;
  readonly result: StatementResult;
}

/** Compiles a query and reads its first rows, in a transaction that is rolled back. */
export async function showQuery(request: ShowRequest): Promise<Shown> {
  const { adapter, limit, signal } = request;
  const connection = await adapter.connect('show', signal);
  try {
    const sql = await compileQuery(request, connection);
    await connection.begin();
    const result = await connection.execute(limited(sql, limit));
    await connection.rollback();
    return { sql, result };
  } finally {
    await connection.release();
  }
}

/** SQL of a node or of text, ready to run. */
export async function compileQuery(
  { project, run, onEvent, query, resolution = publishedResolution, fullRefresh }: ShowRequest,
  connection: Awaited<ReturnType<InvokeOptions['adapter']['connect']>>,
): Promise<string> {
  const onLog = logOf(onEvent, null);
  if ('direct' in query) return query.direct;
  const flags = { ...run.flags, FULL_REFRESH: fullRefresh === true };
  const options = { run: { ...run, flags }, ...resolution, connection, onLog };
  if ('key' in query) return await compileSql(project, query.key, options);
  const node = operationNode(project, 'sql_operation.inline_query', project.graph.settings.name, 'inline');
  return await openOperation(project, node, options).render(query.inline);
}

const limited = (sql: string, limit: number | undefined): string => {
  const query = sql.trim().replace(/;\s*$/, '');
  return limit === undefined ? query : `select * from (\n${query}\n) as penstock_shown\nlimit ${limit}`;
};
