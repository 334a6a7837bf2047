import { relationValue } from '../compile/relation-value.ts';
import type { NodeScope, ProjectScope, RenderScope, RunScope } from '../compile/render-scope.ts';
import type { RawConfig } from '../project/config-tree.ts';
import type { Call } from '../project/project.ts';

/** Stands in for what only a run knows, so that parsing gives the same result on any day. */
export const PARSE_RUN: RunScope = {
  asOf: '2000-01-01',
  runId: 'parse',
  runStartedAt: '2000-01-01T00:00:00.000Z',
  invocationId: 'parse',
};

/** A render that only looks: calls are recorded and answered by placeholders, `execute` is false. */
export function parseScope(
  project: ProjectScope,
  node: NodeScope,
  calls: Call[],
  onConfig: ((config: RawConfig) => void) | undefined,
): RenderScope {
  const { target } = project;
  return {
    project,
    node,
    run: PARSE_RUN,
    load: undefined,
    execute: false,
    incremental: false,
    resolveRef: (args, version, { file, line, column }) => {
      calls.push({ kind: 'ref', args, version, file, line, column });
      return relationValue({ schema: target.schema, name: args.at(-1) ?? '' }, target);
    },
    resolveSource: (args, { file, line, column }) => {
      calls.push({ kind: 'source', args, version: undefined, file, line, column });
      return relationValue({ schema: args[0], name: args[1] }, target);
    },
    onConfig,
    onAsOf: () => {},
    onLog: () => {},
  };
}
