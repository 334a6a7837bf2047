import type { RunScope } from '../compile/render-scope.ts';
import type { NodeResult } from '../invoke/node-result.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { customEnvironment } from './artifact-metadata.ts';
import type { Dictionary } from './config-dictionary.ts';
import { manifestOf } from './manifest.ts';
import { runResultsOf } from './run-results.ts';
import { writeArtifact } from './write-artifact.ts';
import { writeCode } from './write-code.ts';

/** An invocation to be written down. */
export interface InvocationArtifacts {
  readonly project: LoadedProject;
  readonly run: RunScope;
  /** Absolute; made when it is missing. */
  readonly targetDir: string;
  readonly results: readonly NodeResult[];
  readonly elapsedMs: number;
  /** Flags, as `run_results.json` keeps them; `which` is the command. */
  readonly args: Dictionary;
}

/** Writes compiled and executed SQL, `manifest.json` and `run_results.json`. */
export async function writeInvocation(input: InvocationArtifacts): Promise<void> {
  const { project, run, targetDir, results, elapsedMs, args } = input;
  const compiled = await writeCode(project, targetDir, results);
  const env = customEnvironment(project.scope.env);
  await Promise.all([
    writeArtifact(targetDir, 'manifest.json', manifestOf(project, run, compiled)),
    writeArtifact(targetDir, 'run_results.json', runResultsOf({ run, results, elapsedMs, args, env })),
  ]);
}
