import type { Call } from '../project/project.ts';
import type { ProblemList } from '../project/project-problem.ts';

/** Names there are. */
export interface KnownNames {
  readonly project: string;
  readonly models: { has(name: string): boolean };
  readonly sources: { has(name: string): boolean };
}

export interface ResolvedCalls {
  readonly refs: readonly string[];
  readonly sources: readonly string[];
}

/** Turns recorded calls into names; a call that means nothing is a problem at its own place. */
export function resolveCalls(
  calls: readonly Call[],
  known: KnownNames,
  problems: ProblemList,
): ResolvedCalls {
  const refs = new Set<string>();
  const sources = new Set<string>();
  for (const { kind, args, file, line } of calls) {
    const name = kind === 'ref' ? (args.at(-1) ?? '') : args.join('.');
    const exists = kind === 'ref' ? known.models.has(name) : known.sources.has(name);
    const foreign = kind === 'ref' && args.length === 2 && args[0] !== known.project;
    if (foreign) problems.add(file, line, `ref('${args.join("', '")}'): there is no package "${args[0]}"`);
    else if (!exists)
      problems.add(
        file,
        line,
        `${kind}('${args.join("', '")}'): there is no such ${kind === 'ref' ? 'model or seed' : 'source table'}`,
      );
    else (kind === 'ref' ? refs : sources).add(name);
  }
  return { refs: [...refs].sort(), sources: [...sources].sort() };
}
