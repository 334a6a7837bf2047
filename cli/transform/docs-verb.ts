import { catalogOf, catalogSchemas } from '#shared/models/artifacts/catalog.ts';
import { manifestOf } from '#shared/models/artifacts/manifest.ts';
import { writeArtifact } from '#shared/models/artifacts/write-artifact.ts';
import type { CliContext } from '../context.ts';
import { abortOnSignal } from '../interruption.ts';
import { printResult } from '../output.ts';
import type { DocsFlags } from './docs-verbs.ts';
import { withTransform } from './open-transform.ts';
import { runVerb } from './run-verb.ts';

/** Writes what other tools document a project from: the manifest with compiled SQL, and the catalogue. */
export async function docsVerb(context: CliContext, flags: DocsFlags): Promise<void> {
  const quiet = { ...flags, json: false, quiet: true };
  if (flags.compile !== false) await runVerb(context, 'compile', quiet);
  if (flags.emptyCatalog === true) return;
  const signal = abortOnSignal(context.control, 'cancelling');
  await withTransform(context, flags, async ({ project, run, adapter, targetDir }) => {
    if (flags.compile === false) await writeArtifact(targetDir, 'manifest.json', manifestOf(project, run));
    const connection = await adapter().connect('catalog', signal);
    try {
      const relations = await connection.catalog(catalogSchemas(project));
      const catalog = catalogOf(project, run, relations);
      await writeArtifact(targetDir, 'catalog.json', catalog);
      printResult(
        context,
        flags,
        { targetDir },
        () => `manifest.json and catalog.json are in ${targetDir}\n`,
      );
    } finally {
      await connection.release();
    }
  });
}
