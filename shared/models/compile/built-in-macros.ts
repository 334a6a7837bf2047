import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '#shared/template/create-environment.ts';
import type { Template } from '#shared/template/template.ts';
import { BUILT_IN_FILES, BUILT_IN_PACKAGE, type MacroLibrary } from './macro-library.ts';

const FOLDER = fileURLToPath(new URL('../macros', import.meta.url));

let sources: Promise<readonly { readonly file: string; readonly text: string }[]> | undefined;

/**
 * Adds the macros every project has, in the language of projects; a project's macro of the same name wins.
 *
 * Names and signatures as in the original (dbt-adapters, global_project/macros), so that overrides and packages fit.
 */
export async function addBuiltInMacros(library: MacroLibrary, environment: Environment): Promise<void> {
  sources ??= readSources();
  for (const { file, text } of await sources)
    library.addTemplate(BUILT_IN_PACKAGE, parsed(environment, file, text), file);
}

function parsed(environment: Environment, file: string, text: string): Template {
  return environment.parse(text, `${BUILT_IN_FILES}${file}`);
}

async function readSources() {
  const entries = await readdir(FOLDER, { recursive: true });
  const files = entries.filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(join(FOLDER, file), 'utf8') })));
}
