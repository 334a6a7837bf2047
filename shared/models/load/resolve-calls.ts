import type { NodeNames } from '../project/node-names.ts';
import type { Call } from '../project/project.ts';
import type { ProblemList } from '../project/project-problem.ts';

export interface ResolvedCalls {
  readonly refs: readonly string[];
  readonly sources: readonly string[];
}

/**
 * Turns recorded calls into keys; a call that means nothing is a problem at its own place, unless what it names has
 * a problem itself.
 *
 * @param from package of the caller.
 */
export function resolveCalls(
  calls: readonly Call[],
  names: NodeNames,
  from: string,
  problems: ProblemList,
): ResolvedCalls {
  const refs = new Set<string>();
  const sources = new Set<string>();
  for (const { kind, args, version, file, line, column } of calls) {
    const found = kind === 'ref' ? names.ref(args, version, from) : names.source(args.join('.'), from);
    if ('problem' in found) {
      const follows =
        kind === 'ref'
          ? problems.broken.hasNode(args.at(-1) ?? '')
          : problems.broken.mayHaveSource(args[0] ?? '', args[1] ?? '');
      if (!follows) problems.add(file, line, found.problem, column);
    } else (kind === 'ref' ? refs : sources).add(found.key);
  }
  return { refs: [...refs].sort(), sources: [...sources].sort() };
}
