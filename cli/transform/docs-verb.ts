import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogOf, catalogSchemas } from '#shared/models/artifacts/catalog.ts';
import type { Dictionary } from '#shared/models/artifacts/config-dictionary.ts';
import { manifestOf } from '#shared/models/artifacts/manifest.ts';
import { writeArtifact, writeText } from '#shared/models/artifacts/write-artifact.ts';
import { renderSite } from '#shared/models/docs-site/render-site.ts';
import { siteData } from '#shared/models/docs-site/site-data.ts';
import { selectWork } from '#shared/models/invoke/select-work.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { abortOnSignal } from '../interruption.ts';
import { printResult } from '../output.ts';
import type { DocsFlags } from './docs-verbs.ts';
import { type Transform, withTransform } from './open-transform.ts';
import { runVerb } from './run-verb.ts';
import { selectionOf } from './transform-run.ts';

/** The page, beside the two artifacts it is made of. */
export const PAGE = 'index.html';
/** The same page by the name the original gives one that holds its data. */
const STATIC_PAGE = 'static_index.html';

/** Writes what documents a project: the manifest with compiled SQL, the catalogue of what stands, and a page for people. */
export async function docsVerb(context: CliContext, flags: DocsFlags): Promise<void> {
  if (flags.compile !== false && !(await isCompiled(context, flags))) return;
  const signal = abortOnSignal(context.control, 'cancelling');
  await withTransform(context, flags, async (transform) => {
    const { project, run, targetDir } = transform;
    if (flags.compile === false) await writeArtifact(targetDir, 'manifest.json', manifestOf(project, run));
    const catalog = await catalogNow(context, flags, transform, signal);
    await writeArtifact(targetDir, 'catalog.json', catalog);
    const manifest = JSON.parse(await readFile(join(targetDir, 'manifest.json'), 'utf8')) as Dictionary;
    const page = await renderSite(siteData(manifest, catalog));
    await writeText(targetDir, PAGE, page);
    if (flags.static === true) await writeText(targetDir, STATIC_PAGE, page);
    printResult(
      context,
      flags,
      { targetDir },
      () => `manifest.json, catalog.json and ${PAGE} are in ${targetDir}\n`,
    );
  });
}

/** What does not compile is told, and nothing is written over what stands, as the original. */
async function isCompiled(context: CliContext, flags: DocsFlags): Promise<boolean> {
  let code: number | undefined;
  const setExitCode = (given: number): void => {
    code = given;
  };
  await runVerb({ ...context, setExitCode }, 'compile', { ...flags, json: false, quiet: true });
  if (code === undefined) return true;
  context.control.say('the documentation is not written: the project does not compile');
  context.setExitCode(EXIT.failed);
  return false;
}

async function catalogNow(
  context: CliContext,
  flags: DocsFlags,
  { project, run, adapter }: Transform,
  signal: AbortSignal,
): Promise<Dictionary> {
  if (flags.emptyCatalog === true) return catalogOf(project, run, []);
  const selection = selectionOf(flags, context.cwd);
  const kinds = ['model', 'seed', 'snapshot', 'source'] as const;
  const isNarrow =
    selection.select.length > 0 || selection.exclude.length > 0 || selection.selector !== undefined;
  const chosen = isNarrow ? await selectWork(project, selection, kinds) : undefined;
  const connection = await adapter().connect('catalog', signal);
  try {
    const relations = await connection.catalog(catalogSchemas(project));
    return catalogOf(project, run, relations, chosen);
  } finally {
    await connection.release();
  }
}
