import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Place } from '#shared/template/failures/place.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import { toText } from '#shared/template/values/to-text.ts';
import type { Value } from '#shared/template/values/value.ts';
import { after, mapInOrder, type Wait } from '#shared/template/values/wait.ts';
import type { AdapterConnection } from '../adapter/adapter.ts';
import { graphValueOf } from '../artifacts/graph-value.ts';
import { innerPath } from '../artifacts/inner-path.ts';
import { testDictionary } from '../artifacts/node-dictionary.ts';
import { modelErrors } from '../errors.ts';
import { testRelation } from '../execute/stored-failures.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { testScope } from '../load/load-tests.ts';
import type { ModelNode, ProjectGraph, SourceNode, Target, TestNode } from '../project/project.ts';
import { newerVersionNote } from './newer-version.ts';
import { placeOfNode, placeOfSource, RelationValue, relationValue } from './relation-value.ts';
import { openRender } from './render.ts';
import type { LoadScope, NodeScope, OnLog, RenderScope, RunScope } from './render-scope.ts';
import { countingSql, limitedRows, renderTest } from './render-test.ts';
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

/** Rows of the author's own in place of what a unit test's model reads; undefined where it gives none. */
export type StandInOf = (read: ModelNode | SourceNode) => Cte | undefined;

/** For a node that is read: what to print instead of its name, undefined for the name itself. */
export type LimitOf = (read: ModelNode | SourceNode) => ((printed: string) => string) | undefined;

export interface CompileOptions extends Resolution {
  readonly run: RunScope;
  readonly load?: LoadScope;
  readonly incremental?: boolean;
  /** For templates that look into the warehouse while they are compiled. */
  readonly connection?: AdapterConnection;
  /** What `this` is in hooks, default the model's published relation. */
  readonly hookThis?: RelationName;
  /** Names of the occasion, over all others. */
  readonly extra?: ReadonlyMap<string, Value>;
  /** Which rows of what is read count, as a subquery around its name; undefined is all of them. */
  readonly limitOf?: LimitOf;
  /** Set in a unit test: nothing else may be read then. */
  readonly standInOf?: StandInOf;
  readonly onLog?: OnLog;
  readonly onResult?: RenderScope['onResult'];
}

/** SQL of a model, ready to run. */
export interface CompiledModel {
  readonly sql: string;
  readonly preHooks: readonly string[];
  readonly postHooks: readonly string[];
  /** It, a macro it calls or an ephemeral model it reads asked for `var('as_of')`. */
  readonly dependsOnAsOf: boolean;
}

/** @param key as in the graph: the name, of a model of the root. @throws PenstockError `MODEL_UNKNOWN`. */
export function modelNamed(project: LoadedProject, key: string): ModelNode {
  const model = project.graph.models.get(key);
  if (!model) throw new PenstockError(modelErrors.unknownModel, { model: key });
  return model;
}

/**
 * Compiles a model: its template rendered for execution, ephemeral models it reads put before it. At once, unless its
 * template asks the warehouse.
 *
 * @throws TemplateError with file, line and macro stack; PenstockError `MODEL_UNKNOWN`.
 */
export function compileModel(
  project: LoadedProject,
  key: string,
  options: CompileOptions,
): Wait<CompiledModel> {
  const model = modelNamed(project, key);
  const compiling = new Compiling(project, options);
  const hooks = (templates: readonly string[]): Wait<string[]> =>
    after(
      mapInOrder(templates, (hook) => compiling.render(model, hook, options.hookThis ?? model.relation)),
      (texts) => texts.filter((text) => text.trim()),
    );
  return after(compiling.sqlOf(model), (sql) =>
    after(hooks(model.config.preHooks), (preHooks) =>
      after(hooks(model.config.postHooks), (postHooks) => ({
        sql,
        preHooks,
        postHooks,
        dependsOnAsOf: compiling.askedForAsOf,
      })),
    ),
  );
}

/** As {@link compileModel}, without the hooks: rendering those may already do something in the warehouse. */
export function compileSql(project: LoadedProject, key: string, options: CompileOptions): Wait<string> {
  return new Compiling(project, options).sqlOf(modelNamed(project, key));
}

/** Compiles a test to the one-row query a warehouse runs for it. @throws TemplateError */
export function compileTest(project: LoadedProject, test: TestNode, options: CompileOptions): Wait<string> {
  return after(compileTestRows(project, test, options), (rows) => countingSql(test, rows));
}

/** Compiles a test to the query of its failing rows, no more of them than its `limit`. @throws TemplateError */
export function compileTestRows(
  project: LoadedProject,
  test: TestNode,
  options: CompileOptions,
): Wait<string> {
  const compiling = new Compiling(project, options);
  const own = testScope(test, project.graph.options.target.schema);
  const scope = compiling.scopeOf({
    ...{ ...own, relation: testRelation(project, test), reads: test.refs },
    facts: () => testDictionary(project, test),
  });
  return after(renderTest(test, scope, project.environment), (rows) =>
    limitedRows(test, withCtes(rows.trim(), compiling.ctes)),
  );
}

/**
 * Opens a render for something that is no model: a hook of the project, an operation, a query given on the command line.
 *
 * @returns its names, and its SQL with the ephemeral models it reads put before it.
 */
export function openOperation(
  project: LoadedProject,
  node: NodeScope,
  options: CompileOptions,
): { readonly render: (text: string) => Wait<string>; readonly scope: RenderScope } {
  const compiling = new Compiling(project, options);
  const scope = compiling.scopeOf(node);
  const open = openRender(scope);
  const render = (text: string): Wait<string> =>
    after(open.renderLater(project.environment.parse(text, node.file)), (sql) =>
      withCtes(sql, compiling.ctes),
    );
  return { render, scope };
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

  sqlOf(model: ModelNode): Wait<string> {
    return after(this.render(model, model.sql, model.relation), (text) => withCtes(text.trim(), this.ctes));
  }

  render(model: ModelNode, text: string, self: RelationName): Wait<string> {
    const node = scopeOfNode(this.#project.graph, model, self);
    const template = this.#project.environment.parse(text, model.file);
    return openRender(this.scopeOf(node)).renderLater(template);
  }

  scopeOf(node: NodeScope): RenderScope {
    const { run, load, incremental = false, onLog, onResult, connection } = this.#options;
    // A string rendered with the names that the template has which renders it.
    const render = hostFunction('render', ({ args, state }) =>
      openRender(scope).renderLater(
        this.#project.environment.parse(toText(args[0] ?? null, state.budget), node.file),
      ),
    );
    const extra = new Map<string, Value>([['render', render], ...(this.#options.extra ?? [])]);
    const scope: RenderScope = {
      project: this.#project.scopes.get(node.packageName) ?? this.#project.scope,
      node,
      run,
      load,
      execute: true,
      incremental,
      ...(connection === undefined ? {} : { connection }),
      graph: () => graphValueOf(this.#project),
      extra,
      ...(onResult === undefined ? {} : { onResult }),
      resolveRef: (args, version, place) => this.#refer(args, version, node, place),
      resolveSource: ([source, table]) => this.#read(`${source}.${table}`, node.packageName),
      onConfig: undefined,
      onAsOf: () => {
        this.askedForAsOf = true;
      },
      onLog: onLog ?? (() => {}),
    };
    return scope;
  }

  #tellNewer(model: ModelNode, reader: string): void {
    const note = newerVersionNote(this.#project.graph, model, reader);
    if (note !== undefined) this.#options.onLog?.(note, 'info');
  }

  #refer(
    args: readonly string[],
    version: string | undefined,
    { name, packageName: from, reads }: NodeScope,
    place: Place,
  ): Wait<Value> {
    const { names, models, options } = this.#project.graph;
    const found = names.ref(args, version, from);
    const model = 'key' in found ? models.get(found.key) : undefined;
    // A name that only shows when rendered for execution could not be put into the graph.
    if (!model) {
      const why = 'problem' in found ? found.problem : 'there is no such model or seed';
      return raiseFromTemplate(`${why} (${place.file}:${place.line})`);
    }
    if (reads?.includes(model.key) === false) return raiseFromTemplate(unseenRef(name, args, version));
    if (version === undefined) this.#tellNewer(model, name);
    if (this.#options.standInOf) return this.#standIn(model, this.#options.standInOf(model));
    if (model.config.materialized === 'ephemeral') return this.#inline(model, options.target);
    return this.#limited(
      model,
      relationValue(this.#options.resolveRef(model), placeOfNode(model, options.target)),
    );
  }

  #read(name: string, from: string): Value {
    const { names, sources, options } = this.#project.graph;
    const found = names.source(name, from);
    const source = 'key' in found ? sources.get(found.key) : undefined;
    if (!source) return raiseFromTemplate('problem' in found ? found.problem : `source ${name} is not there`);
    if (this.#options.standInOf) return this.#standIn(source, this.#options.standInOf(source));
    const relation = relationValue(
      this.#options.resolveSource(source),
      placeOfSource(source, options.target),
    );
    return this.#limited(source, relation);
  }

  #limited(read: ModelNode | SourceNode, relation: RelationValue): RelationValue {
    const limited = this.#options.limitOf?.(read);
    return limited === undefined ? relation : new RelationValue({ ...relation.parts, limited });
  }

  /** In the words of the original (`exceptions.py`, `TargetNotFoundError`). */
  #standIn({ name }: ModelNode | SourceNode, cte: Cte | undefined): Value {
    if (cte === undefined)
      return raiseFromTemplate(
        `the unit test depends on a node named '${name}' which was not found: give it rows`,
      );
    if (!this.ctes.some((one) => one.name === cte.name)) this.ctes.push(cte);
    return cteValue(cte.name, this.#project.graph.options.target);
  }

  /** Those it reads come before it; each is put in once. */
  #inline(model: ModelNode, target: Target): Wait<Value> {
    const name = cteName(model.name);
    const value = this.#limited(model, cteValue(name, target));
    if (this.ctes.some((cte) => cte.name === name)) return value;
    return after(this.render(model, model.sql, model.relation), (sql) => {
      if (!this.ctes.some((cte) => cte.name === name)) this.ctes.push({ name, sql: sql.trim() });
      return value;
    });
  }
}

/** A common table expression as templates see it. */
export const cteValue = (name: string, target: Target): RelationValue =>
  relationValue({ schema: '', name }, { ...target, database: '' }, 'cte');

/** In the words of the original (`exceptions.py`, `RefBadContextError`). */
function unseenRef(node: string, args: readonly string[], version: string | undefined): string {
  const named = args.map((arg) => `'${arg}'`).join(', ');
  const call = `{{ ref(${named}${version === undefined ? '' : `, v='${version}'`}) }}`;
  return [
    `unable to infer all dependencies for "${node}".`,
    'This typically happens when ref() is placed within a conditional block.',
    `To fix this, add the following hint to the top of "${node}":`,
    `-- depends_on: ${call}`,
  ].join('\n');
}

/** A node as its own templates see it. @param self what `this` is. */
export function scopeOfNode(graph: ProjectGraph, model: ModelNode, self: RelationName): NodeScope {
  const { name, packageName, uniqueId, version, file, originalFile, fqn, kind, config } = model;
  return {
    name,
    packageName,
    uniqueId,
    version,
    file,
    originalFile,
    fqn,
    resourceType: kind,
    config: config.raw,
    reads: model.refs,
    relation: self,
    database: model.database,
    facts: {
      description: model.description,
      path: innerPath(graph, model),
      meta: config.raw['meta'] ?? {},
      group: config.raw['group'] ?? null,
      access: config.raw['access'] ?? 'protected',
      constraints: model.properties?.entry['constraints'] ?? [],
      raw_code: model.sql,
      columns: Object.fromEntries(model.columns.map((column) => [column.name, columnFacts(column)])),
      depends_on: { nodes: readIds(graph, model), macros: [] },
      refs: model.calls
        .filter(({ kind: call }) => call === 'ref')
        .map(({ args }) => ({ name: args.at(-1) ?? '' })),
      sources: model.calls.filter(({ kind: call }) => call === 'source').map(({ args }) => [...args]),
    },
  };
}

/** Unique ids of what a node reads. */
const readIds = (graph: ProjectGraph, { refs, sources }: ModelNode): string[] => [
  ...refs.flatMap((key) => graph.models.get(key)?.uniqueId ?? []),
  ...sources.flatMap((key) => graph.sources.get(key)?.uniqueId ?? []),
];

function columnFacts({ name, description, dataType, entry }: ModelNode['columns'][number]) {
  return {
    name,
    description,
    data_type: dataType ?? null,
    quote: entry['quote'] ?? null,
    meta: entry['meta'] ?? {},
    constraints: entry['constraints'] ?? [],
    tags: entry['tags'] ?? [],
  };
}
