import { createHash } from 'node:crypto';
import { TemplateError } from '#shared/template/failures/template-error.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { PARSE_RUN } from '../load/parse-scope.ts';
import type { ModelNode } from '../project/project.ts';
import { atOnce } from './at-once.ts';
import { type CompiledModel, compileModel, modelNamed, publishedResolution } from './compile-model.ts';
import { BUILT_IN_PACKAGE } from './macro-library.ts';

/** What a model was when it was published, for telling whether its SQL changed since. */
export interface ModelFingerprint {
  readonly sqlChecksum: string;
  readonly dependsOnAsOf: boolean;
}

/** Configuration that shapes a relation beside its SQL. */
const SHAPING = [
  'materialized',
  'indexes',
  'unlogged',
  'partition_by',
  'unique_key',
  'grants',
  'persist_docs',
  'pre_hook',
  'post_hook',
];

/**
 * Hash of what a model is: compiled with published names and a fixed run, so that it is the same on every day and
 * in every run, and changes with the template, macros, variables and shaping configuration.
 *
 * The warehouse is not asked: a model that cannot be compiled without is hashed as written, with all macros of the project and its
 * packages and all variables. What is wrong with it then shows when it is built.
 */
export function fingerprint(project: LoadedProject, name: string): ModelFingerprint {
  const model = modelNamed(project, name);
  const { sql, dependsOnAsOf } = compiledOrWritten(project, model);
  const shape = SHAPING.map((key) => [key, model.config.raw[key] ?? null]);
  const seed = model.seed === undefined ? '' : JSON.stringify(model.seed);
  const hash = createHash('sha256')
    .update(JSON.stringify([sql, shape, seed]))
    .digest('hex');
  return { sqlChecksum: hash, dependsOnAsOf };
}

function compiledOrWritten(
  project: LoadedProject,
  model: ModelNode,
): Pick<CompiledModel, 'sql' | 'dependsOnAsOf'> {
  try {
    return atOnce(compileModel(project, model.key, { run: PARSE_RUN, ...publishedResolution }));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { library, vars } = project.scope;
    const macros = new Set(
      [...library.all()]
        .filter(({ packageName }) => packageName !== BUILT_IN_PACKAGE)
        .map(({ template }) => template.tree.source),
    );
    const written = [model.sql, ...macros].join('\n');
    return { sql: `${written}\n${JSON.stringify(vars)}`, dependsOnAsOf: written.includes('as_of') };
  }
}
