import { manifestOf } from '#shared/models/artifacts/manifest.ts';
import { writeArtifact } from '#shared/models/artifacts/write-artifact.ts';
import type { CliContext } from '../context.ts';
import { printResult } from '../output.ts';
import { withTransform } from './open-transform.ts';
import type { ProjectFlags } from './transform-flags.ts';

/** Opening the project checks it whole; what is left is to write down what it is. */
export async function parseVerb(context: CliContext, flags: ProjectFlags): Promise<void> {
  const began = performance.now();
  await withTransform(context, flags, async ({ project, run, targetDir }) => {
    const { graph, warnings } = project;
    if (flags.writeJson !== false) await writeArtifact(targetDir, 'manifest.json', manifestOf(project, run));
    const counts = { models: graph.models.size, sources: graph.sources.size, tests: graph.tests.length };
    const took = `${((performance.now() - began) / 1_000).toFixed(2)}s`;
    printResult(
      context,
      flags,
      { ...counts, warnings },
      () => `Parsed ${counts.models} models, ${counts.sources} sources, ${counts.tests} tests in ${took}\n`,
    );
  });
}
