import { createHash } from 'node:crypto';
import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Place } from '#shared/template/failures/place.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { Value } from '#shared/template/values/value.ts';
import { modelErrors } from '../errors.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { testScope } from '../load/load-tests.ts';
import { PARSE_RUN } from '../load/parse-scope.ts';
import type { ModelNode, SourceNode, TestNode } from '../project/project.ts';
import { relationValue } from './relation-value.ts';
import { openRender } from './render.ts';
import type { LoadScope, NodeScope, RenderScope, RunScope } from './render-scope.ts';
import { countingSql, renderTest } from './render-test.ts';
import { type Cte, cteName, withCtes } from './with-ctes.ts';

/** Where names lead during one piece of work. */
export interface Resolution {
  /** The candidate inside a run, the published relation outside. */
  resolveRef(model: ModelNode): RelationName;
  /** The run's hashed table at execution, the stable one for people. */
  resolveSource(source: SourceNode): RelationName;
}

/** What everybody sees: published relations and stable tables. */
export const publishedResolution: Resolution = {
  resolveRef: (model) => model.relation,
  resolveSource: (source) => source.relation,
};

export interface CompileOptions extends Resolution {
  readonly run: RunScope;
  readonly load?: LoadScope;
  readonly incremental?: boolean;
  /** What `this` is in hooks, default the model's published relation. */
  readonly hookThis?: RelationName;
  readonly onLog?: (message: string) => void;
}

/** SQL of a model, ready to run. */
export interface CompiledModel {
  readonly sql: string;
  readonly preHooks: readonly string[];
  readonly postHooks: readonly string[];
  /** It, a macro it calls or an ephemeral model it reads asked for `var('as_of')`. */
  readonly dependsOnAsOf: boolean;
}

/** @throws PenstockError `MODEL_UNKNOWN`. */
export function modelNamed(project: LoadedProject, name: string): ModelNode {
  const model = project.graph.models.get(name);
  if (!model) throw new PenstockError(modelErrors.unknownModel, { model: name });
  return model;
}

/**
 * Compiles a model: its template rendered for execution, ephemeral models it reads put before it.
 *
 * @throws TemplateError with file, line and macro stack; PenstockError `MODEL_UNKNOWN`.
 */
export function compileModel(project: LoadedProject, name: string, options: CompileOptions): CompiledModel {
  const model = modelNamed(project, name);
  const compiling = new Compiling(project, options);
  const sql = compiling.sqlOf(model);
  const hooks = (templates: readonly string[]): string[] =>
    templates
      .map((hook) => compiling.render(model, hook, options.hookThis ?? model.relation))
      .filter((text) => text.trim());
  const preHooks = hooks(model.config.preHooks);
  const postHooks = hooks(model.config.postHooks);
  return { sql, preHooks, postHooks, dependsOnAsOf: compiling.askedForAsOf };
}

/** Compiles a test to the one-row query a warehouse runs for it. @throws TemplateError */
export function compileTest(project: LoadedProject, test: TestNode, options: CompileOptions): string {
  const compiling = new Compiling(project, options);
  const scope = compiling.scopeOf(testScope(test, project.graph.options.target.schema));
  const rows = renderTest(test, scope, project.environment);
  return countingSql(test, withCtes(rows.trim(), compiling.ctes));
}

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
  'unique_key',
  'grants',
  'persist_docs',
  'pre_hook',
  'post_hook',
];

/**
 * Hash of what a model is: compiled with published names and a fixed run, so that it is the same on every day and
 * in every run, and changes with the template, macros, variables and shaping configuration.
 */
export function fingerprint(project: LoadedProject, name: string): ModelFingerprint {
  const model = modelNamed(project, name);
  const compiled = compileModel(project, name, { run: PARSE_RUN, ...publishedResolution });
  const shape = SHAPING.map((key) => [key, model.config.raw[key] ?? null]);
  const seed = model.seed === undefined ? '' : JSON.stringify(model.seed);
  const hash = createHash('sha256')
    .update(JSON.stringify([compiled.sql, shape, seed]))
    .digest('hex');
  return { sqlChecksum: hash, dependsOnAsOf: compiled.dependsOnAsOf };
}

/** One compilation; it collects what is asked for on the way, also by ephemeral models. */
class Compiling {
  askedForAsOf = false;
  readonly ctes: Cte[] = [];
  readonly #project: LoadedProject;
  readonly #options: CompileOptions;

  constructor(project: LoadedProject, options: CompileOptions) {
    this.#project = project;
    this.#options = options;
  }

  sqlOf(model: ModelNode): string {
    return withCtes(this.render(model, model.sql, model.relation).trim(), this.ctes);
  }

  render(model: ModelNode, text: string, self: RelationName): string {
    const node: NodeScope = { ...model, resourceType: model.kind, config: model.config.raw, relation: self };
    const template = this.#project.environment.parse(text, model.file);
    return openRender(this.scopeOf(node)).render(template);
  }

  scopeOf(node: NodeScope): RenderScope {
    const { run, load, incremental = false, onLog } = this.#options;
    return {
      project: this.#project.scope,
      node,
      run,
      load,
      execute: true,
      incremental,
      resolveRef: (args, place) => this.#refer(args.at(-1) ?? '', place),
      resolveSource: ([source, table]) => this.#read(`${source}.${table}`),
      onConfig: undefined,
      onAsOf: () => {
        this.askedForAsOf = true;
      },
      onLog: onLog ?? (() => {}),
    };
  }

  #refer(name: string, place: Place): Value {
    const model = this.#project.graph.models.get(name);
    const { database } = this.#project.graph.options.target;
    // A name that only shows when rendered for execution could not be put into the graph.
    if (!model)
      return raiseFromTemplate(
        `ref('${name}'): there is no such model or seed (${place.file}:${place.line})`,
      );
    if (model.config.materialized === 'ephemeral') return this.#inline(model, database);
    const type = model.config.materialized === 'view' ? 'view' : 'table';
    return relationValue(this.#options.resolveRef(model), database, type);
  }

  #read(name: string): Value {
    const source = this.#project.graph.sources.get(name);
    if (!source)
      return raiseFromTemplate(`source('${name.replace('.', "', '")}'): there is no such source table`);
    return relationValue(
      this.#options.resolveSource(source),
      this.#project.graph.options.target.database,
      'table',
    );
  }

  /** Those it reads come before it; each is put in once. */
  #inline(model: ModelNode, database: string): Value {
    const name = cteName(model.name);
    if (!this.ctes.some((cte) => cte.name === name)) {
      const sql = this.render(model, model.sql, model.relation).trim();
      this.ctes.push({ name, sql });
    }
    return relationValue({ schema: '', name }, database, 'cte');
  }
}
