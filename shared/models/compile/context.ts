import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { toText } from '#shared/template/values/to-text.ts';
import type { Value } from '#shared/template/values/value.ts';
import { apiValue } from './api-value.ts';
import { ConfigValue } from './config-value.ts';
import { loadMetadataSql } from './load-metadata.ts';
import { macroValue, type Names } from './macro-library.ts';
import { relationValue } from './relation-value.ts';
import type { RenderScope } from './render-scope.ts';
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
  };
  const context = contextOf(scope, names);
  return names;
}

function contextOf(scope: RenderScope, names: Names): ReadonlyMap<string, Value> {
  const { project, run, node } = scope;
  const builtins = { ref: refFunction(scope), source: sourceFunction(scope), config: new ConfigValue(scope) };
  return new Map<string, Value>(
    Object.entries({
      ...builtins,
      builtins: new HostRecord('builtins', builtins),
      var: varFunction(project.vars, () => {
        scope.onAsOf();
        return scope.run.asOf;
      }),
      env_var: envVarFunction(project.env),
      this: relationValue(node.relation, project.target.database, 'table'),
      target: fromHost({ ...project.target, profile_name: project.projectName }),
      model: modelValue(scope),
      is_incremental: hostFunction('is_incremental', () => scope.incremental),
      execute: scope.execute,
      adapter: adapterValue(scope, names),
      api: apiValue(project.target.database),
      exceptions: exceptionsValue(scope),
      log: logFunction('log', scope),
      print: logFunction('print', scope),
      run_started_at: run.runStartedAt,
      invocation_id: run.invocationId,
      run_id: run.runId,
      project_name: project.projectName,
      load_metadata: hostFunction('load_metadata', () => loadMetadataSql(scope.load, run.runId)),
    }),
  );
}

const texts = (call: CallSite, what: string): string[] => call.args.map((value) => expectText(value, what));

const bindRef = parameters('ref', 'first', 'second?', 'version?', 'v?');

/** `ref('model')`, `ref('package', 'model')`, both with `v=` or `version=`. */
function refFunction(scope: RenderScope): Value {
  return hostFunction('ref', (call) => {
    const [first, second, version, v] = bindRef(call);
    const args = [first, second].filter((value) => value !== undefined);
    const wanted = version ?? v;
    return scope.resolveRef(
      args.map((value) => expectText(value, 'an argument of ref()')),
      wanted === undefined || wanted === null ? undefined : toText(wanted, call.state.budget),
      call.state.place(),
    );
  });
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
    database: project.target.database,
    resource_type: node.resourceType,
    package_name: node.packageName,
    original_file_path: node.originalFile,
    path: node.originalFile,
    unique_id: node.uniqueId,
    version: node.version ?? null,
    fqn: [...node.fqn],
    config: node.config,
    tags: node.config['tags'] ?? [],
    ...node.facts,
  });
}

const bindDispatch = parameters('dispatch', 'macro_name', 'macro_namespace?');
const bindQuote = parameters('quote', 'identifier');

function adapterValue(scope: RenderScope, names: Names): Value {
  const { library, target } = scope.project;
  return new HostRecord('adapter', {
    dispatch: hostFunction('dispatch', (call) => {
      const [nameValue, namespace] = bindDispatch(call);
      const name = expectText(nameValue ?? null, 'the name of a macro');
      const space = typeof namespace === 'string' ? namespace : undefined;
      const entry = library.dispatched(name, space, target.type, scope.node.packageName);
      const macro = entry && macroValue(entry, names);
      return macro ?? raiseFromTemplate(`no macro ${target.type}__${name} or default__${name}`);
    }),
    quote: hostFunction('quote', (call) => {
      const name = expectText(bindQuote(call)[0] ?? null, 'an identifier');
      return `"${name.replaceAll('"', '""')}"`;
    }),
    type: hostFunction('type', () => target.type),
  });
}

const bindMessage = parameters('message', 'message', 'info?');

function exceptionsValue(scope: RenderScope): Value {
  const raise = hostFunction('raise_compiler_error', (call) =>
    raiseFromTemplate(toText(bindMessage(call)[0] ?? null, call.state.budget)),
  );
  return new HostRecord('exceptions', { raise_compiler_error: raise, warn: logFunction('warn', scope) });
}

function logFunction(name: string, scope: RenderScope): Value {
  return hostFunction(name, (call) => {
    scope.onLog(toText(bindMessage(call)[0] ?? null, call.state.budget));
    return '';
  });
}
