import { type ProjectFile, readFilesBelow } from '../project/project-files.ts';
import { loadModel, type ParsedModel } from './load-models.ts';
import type { Loading } from './loading.ts';

/**
 * Models in Python. Nothing here runs Python, and neither does the original on PostgreSQL: the others are built, these end in an error, and
 * what reads them is skipped. So each stands in the graph as a template that reads what the Python reads and refuses to be run.
 */
export async function loadPythonModels(loading: Loading): Promise<(ParsedModel | undefined)[]> {
  const files = await readFilesBelow(loading.own.dir, loading.own.settings.modelPaths, ['.py']);
  return files
    .filter(({ text }) => DEFINES_MODEL.test(text))
    .map((file) => loadModel(asTemplate(file), loading));
}

const DEFINES_MODEL = /^def\s+model\s*\(/m;

function asTemplate(file: ProjectFile): ProjectFile {
  const calls = [...file.text.matchAll(CALL)].map(([, name, args]) => `{%- do ${name}(${args}) -%}`);
  const refusal = `{%- if execute -%}{{ exceptions.raise_compiler_error(${JSON.stringify(WHY)}) }}{%- endif -%}`;
  return { ...file, text: `{{ config(materialized='table') }}${calls.join('')}${refusal}select 1` };
}

/** `dbt.ref('a')`, `dbt.ref("package", "a")`, `dbt.source("s", "t")` with texts for arguments. */
const CALL =
  /\bdbt\.(ref|source)\(\s*((?:'[^'\\]*'|"[^"\\]*")(?:\s*,\s*(?:'[^'\\]*'|"[^"\\]*"))*)\s*,?\s*\)/g;

const WHY = 'this is a model in Python, which PostgreSQL does not run: write it in SQL';
