import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { toText } from '#shared/template/values/to-text.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { Wait } from '#shared/template/values/wait.ts';
import { configDictionary } from '../artifacts/config-dictionary.ts';
import { adapterValue } from '../context/adapter-value.ts';
import { ContextValue } from '../context/context-value.ts';
import { FlagsValue, invocationArguments, metadataVariables } from '../context/flags-value.ts';
import { modulesValue } from '../context/modules-value.ts';
import { MomentValue } from '../context/moment-value.ts';
import { RefFunction } from '../context/runtime-config.ts';
import { statementFunctions } from '../context/statements.ts';
import { textFunctions } from '../context/text-functions.ts';
import { tryOrCompilerError } from '../context/try-function.ts';
import { validationValue } from '../context/validation-value.ts';
import { listOf } from '../project/config-tree.ts';
import { apiValue } from './api-value.ts';
import { ConfigValue } from './config-value.ts';
import { contractFacts } from './contract-facts.ts';
import { exceptionsValue } from './exceptions-value.ts';
import { loadMetadataSql } from './load-metadata.ts';
import type { Names } from './macro-library.ts';
import { placeOfNode, relationValue } from './relation-value.ts';
import type { RenderScope } from './render-scope.ts';
import { targetValue } from './target-value.ts';
import { envVarFunction, varFunction } from './variables.ts';

/**
 * The names a template of one node may use: macros of the project, built-in macros, then the context.
 *
 * Macros come into being when they are first named, because most renders use few; each sees this render's names.
 */
export function namesOf(scope: RenderScope): Names {
  const known = new Map<string, Value>();
  const names: Names = {
    get(name) {
      // Not `??`: a name may well have the value None.
      const extra = scope.extra?.get(name);
      if (extra !== undefined) return extra;
      const value = known.get(name) ?? scope.project.library.value(name, scope.node.packageName, names);
      if (value === undefined) return context.get(name);
      known.set(name, value);
      return value;
    },
    host: (name) => context.get(name),
  };
  const context = contextOf(scope, names);
  return names;
}

/** The original's context; each name comes into being when it is first asked for, because most renders use few. */
function contextOf(scope: RenderScope, names: Names): Names {
  const makers = makersOf(scope, names);
  const made = new Map<string, Value>();
  return {
    get(name) {
      const known = made.get(name);
      if (known !== undefined || !Object.hasOwn(makers, name)) return known;
      const value = makers[name]?.() ?? null;
      made.set(name, value);
      return value;
    },
  };
}

function makersOf(scope: RenderScope, names: Names): Readonly<Record<string, () => Value>> {
  const { project, run, node } = scope;
  const once = <T>(make: () => T): (() => T) => {
    let value: T | undefined;
    return () => (value ??= make());
  };
  const builtins = once(() => ({
    ref: refFunction(scope),
    source: sourceFunction(scope),
    config: new ConfigValue(scope, () => modelValue(scope)),
  }));
  const statements = once(() => statementFunctions(scope.connection, scope.execute, scope.onResult));
  const statement = (name: string) => () => statements()[name] ?? null;
  return {
    ref: () => builtins().ref,
    source: () => builtins().source,
    config: () => builtins().config,
    builtins: () =>
      new ContextValue({ get: (name) => names.host?.(name) }, Object.keys(makersOf(scope, names))),
    var: () =>
      varFunction(project.vars, {
        asOf: () => {
          scope.onAsOf();
          return scope.run.asOf;
        },
        render: (template) => project.environment.parse(template, node.file).render(names),
      }),
    env_var: () => envVarFunction(project.env),
    this: () => thisValue(scope),
    target: () => targetValue(project.target, project.projectName),
    model: () => modelValue(scope),
    is_incremental: () => hostFunction('is_incremental', () => scope.incremental),
    execute: () => scope.execute,
    adapter: () => adapterValue(scope, names),
    api: () => apiValue(project.target),
    exceptions: () => exceptionsValue(logFunction('warn', scope, 'warn')),
    statement: statement('statement'),
    load_result: statement('load_result'),
    store_result: statement('store_result'),
    store_raw_result: statement('store_raw_result'),
    noop_statement: statement('noop_statement'),
    run_query: statement('run_query'),
    ...textMakers,
    modules: () => modulesValue,
    try_or_compiler_error: () => tryOrCompilerError,
    ...invocationMakers(scope),
    validation: () => validationValue,
    ...withoutMaterialization,
    graph: () => graphValue(scope),
    context: () => new ContextValue(names),
    database: () => node.database ?? project.target.database,
    schema: () => node.relation.schema,
    log: () => logFunction('log', scope, 'debug'),
    print: () => logFunction('print', scope, 'print'),
    project_name: () => project.projectName,
    load_metadata: () => hostFunction('load_metadata', () => loadMetadataSql(scope.load, run.runId)),
  };
}

/** What says who runs, when and how. */
function invocationMakers({ run, project }: RenderScope): Readonly<Record<string, () => Value>> {
  return {
    flags: () => new FlagsValue(run.flags),
    invocation_args_dict: () => invocationArguments(run.flags),
    dbt_metadata_envs: () => metadataVariables(project.env),
    selected_resources: () => new ListValue([...(run.selected ?? [])]),
    dbt_version: () => '1.10.0',
    thread_id: () => 'Thread-1',
    run_started_at: () => MomentValue.parse('timestamptz', run.runStartedAt),
    invocation_id: () => run.invocationId,
    run_id: () => run.runId,
  };
}

/** The node's own relation. A hook of the project and an operation have none. */
const thisValue = ({ node, project }: RenderScope): Value =>
  node.resourceType === 'operation' ? null : relationValue(node.relation, placeOfNode(node, project.target));

/** Names that are there in every render, and mean something where a materialisation runs. */
const withoutMaterialization: Readonly<Record<string, () => Value>> = {
  sql: () => null,
  compiled_code: () => null,
  pre_hooks: () => new ListValue(),
  post_hooks: () => new ListValue(),
};

const textMakers: Readonly<Record<string, () => Value>> = Object.fromEntries(
  Object.entries(textFunctions).map(([name, value]) => [name, () => value]),
);

const texts = (call: CallSite, what: string): string[] => call.args.map((value) => expectText(value, what));

const bindRef = parameters('ref', 'first', 'second?', 'version?', 'v?');

/** `ref('model')`, `ref('package', 'model')`, both with `v=` or `version=`. */
function refFunction(scope: RenderScope): Value {
  const resolve = (call: CallSite): Wait<Value> => {
    const [first, second, version, v] = bindRef(call);
    const args = [first, second].filter((value) => value !== undefined);
    const wanted = version ?? v;
    return scope.resolveRef(
      args.map((value) => expectText(value, 'an argument of ref()')),
      wanted === undefined || wanted === null ? undefined : toText(wanted, call.state.budget),
      call.state.place(),
    );
  };
  return new RefFunction(resolve, scope.project);
}

function sourceFunction(scope: RenderScope): Value {
  return hostFunction('source', (call) => {
    const [source, table, ...more] = texts(call, 'an argument of source()');
    if (source === undefined || table === undefined || more.length > 0) {
      return raiseFromTemplate('source() takes a source and a table');
    }
    return scope.resolveSource([source, table], call.state.place());
  });
}

function modelValue(scope: RenderScope): Value {
  const { node, project } = scope;
  return fromHost({
    name: node.name,
    alias: node.relation.name,
    schema: node.relation.schema,
    database: node.database ?? project.target.database,
    resource_type: node.resourceType,
    package_name: node.packageName,
    original_file_path: node.originalFile,
    path: node.originalFile,
    unique_id: node.uniqueId,
    version: node.version ?? null,
    fqn: [...node.fqn],
    config: configDictionary(node.resourceType, node.config),
    tags: [...new Set(listOf(node.config['tags']))],
    ...contractFacts((typeof node.facts === 'function' ? node.facts() : node.facts) ?? {}, scope),
  });
}

const bindMessage = parameters('message', 'message', 'info?');

/** `graph`: nodes and sources by unique id, made when it is first named. */
function graphValue(scope: RenderScope): Value {
  const { graph } = scope;
  return graph === undefined || !scope.execute
    ? fromHost({
        nodes: {},
        sources: {},
        exposures: {},
        groups: {},
        metrics: {},
        semantic_models: {},
        saved_queries: {},
      })
    : graph();
}

function logFunction(name: string, scope: RenderScope, kind: 'debug' | 'print' | 'warn'): Value {
  return hostFunction(name, (call) => {
    const [message, info] = bindMessage(call);
    scope.onLog(
      toText(message ?? null, call.state.budget),
      kind === 'debug' && info === true ? 'info' : kind,
    );
    return '';
  });
}
