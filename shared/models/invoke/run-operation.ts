import { fromHost } from '#shared/template/values/from-host.ts';
import type { Value } from '#shared/template/values/value.ts';
import { openOperation, publishedResolution } from '../compile/compile-model.ts';
import { namesOf } from '../compile/context.ts';
import type { InvokeOptions } from './invocation.ts';
import { logOf } from './log-of.ts';
import { operationNode } from './operation-node.ts';

/** A macro to be run by itself. */
export interface OperationRequest
  extends Pick<InvokeOptions, 'project' | 'adapter' | 'run' | 'onEvent' | 'signal'> {
  /** `macro` or `package.macro`. */
  readonly macro: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Runs one macro on a connection outside of any transaction; what it left open is rolled back.
 *
 * @returns what it returned, or the text it rendered.
 * @throws TemplateError, also when there is no such macro; PenstockError of the server.
 */
export async function runOperation(request: OperationRequest): Promise<Value> {
  const { project, adapter, run, macro, args, onEvent, signal } = request;
  const { library, graph } = { ...project.scope, graph: project.graph };
  const [first = '', second] = macro.split('.');
  const root = graph.settings.name;
  const entry = second === undefined ? library.find(first, root) : library.in(first, second);
  const uniqueId = `operation.${root}.${macro}`;
  const connection = await adapter.connect(uniqueId, signal);
  try {
    const { scope } = openOperation(project, operationNode(project, uniqueId, root), {
      run: { ...run, flags: { ...run.flags, WHICH: 'run-operation' } },
      ...publishedResolution,
      connection,
      onLog: logOf(onEvent, uniqueId),
    });
    const kwargs = new Map(
      Object.entries(args).map(([name, value]): [string, Value] => [name, fromHost(value)]),
    );
    return await library.callEntry(entry, macro, [], kwargs, namesOf(scope));
  } finally {
    await connection.release();
  }
}
