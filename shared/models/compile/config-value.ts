import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { configDictionary } from '../artifacts/config-dictionary.ts';
import { DataRecord } from '../context/data-record.ts';
import { isMapping, mappingsIn } from '../project/read-yaml.ts';
import { plainOf } from './plain.ts';
import type { RenderScope } from './render-scope.ts';

const bindGet = parameters('get', 'name', 'default?', 'validator?');

/** `config(…)` declares while parsing and prints nothing; `config.get` and `config.require` read what holds. */
export class ConfigValue extends HostObject {
  readonly typeName = 'config';
  readonly #scope: RenderScope;
  readonly #model: () => Value;
  #settled: Readonly<Record<string, Value>> | undefined;

  /** @param model what `config.model` answers. */
  constructor(scope: RenderScope, model: () => Value) {
    super();
    this.#scope = scope;
    this.#model = model;
  }

  override call(call: CallSite): Value {
    const declared: Record<string, unknown> = {};
    for (const value of call.args) Object.assign(declared, plainOf(value));
    for (const [name, value] of call.kwargs) declared[name] = plainOf(value);
    this.#scope.onConfig?.(declared);
    return '';
  }

  /** `config.set(name, value)` declares as a call does; `set_sql_header` uses it. */
  #set({ args: [name = null, value = null] }: CallSite): Value {
    this.#scope.onConfig?.({ [expectText(name, 'the name of a configuration')]: plainOf(value) });
    return '';
  }

  override getAttr(name: string): Value | undefined {
    switch (name) {
      case 'get':
        return hostFunction('get', (call) => this.#get(call, false));
      case 'set':
        return hostFunction('set', (call) => this.#set(call));
      case 'require':
        return hostFunction('require', (call) => this.#get(call, true));
      case 'model':
        return this.#model();
      case 'meta_require':
        return hostFunction('meta_require', ({ args }) => this.#meta(args[0] ?? null, undefined));
      case 'meta_get':
        return hostFunction('meta_get', ({ args }) => this.#meta(args[0] ?? null, args[1] ?? null));
      case 'persist_relation_docs':
        return hostFunction('persist_relation_docs', () => this.#persists('relation'));
      case 'persist_column_docs':
        return hostFunction('persist_column_docs', () => this.#persists('columns'));
      default:
        return undefined;
    }
  }

  /** Everything that can be asked for; it still grows while parsing. */
  #known(): Readonly<Record<string, Value>> {
    const { node, execute } = this.#scope;
    if (this.#settled !== undefined) return this.#settled;
    const {
      'pre-hook': before,
      'post-hook': after,
      ...config
    } = configDictionary(node.resourceType, node.config);
    const hooks =
      before === undefined ? {} : { pre_hook: hookRecords(before), post_hook: hookRecords(after) };
    const known = {
      ...Object.fromEntries(Object.entries(config).map(([key, value]) => [key, fromHost(value)])),
      ...hooks,
    };
    if (execute) this.#settled = known;
    return known;
  }

  #persists(what: string): boolean {
    const docs = this.#scope.node.config['persist_docs'];
    return isMapping(docs) && docs[what] === true;
  }

  #meta(name: Value, fallback: Value | undefined): Value {
    const { meta } = this.#scope.node.config;
    const key = expectText(name, 'the name of a configuration');
    if (isMapping(meta) && Object.hasOwn(meta, key)) return fromHost(meta[key]);
    if (fallback === undefined && this.#scope.execute) return missing(this.#scope, key);
    return fallback ?? null;
  }

  #get(call: CallSite, required: boolean): Value {
    const [nameValue, fallback] = bindGet(call);
    const name = expectText(nameValue ?? null, 'the name of a configuration');
    const known = this.#known();
    // As in the original: one that every node has answers also when it is None, whatever default the call gives.
    if (Object.hasOwn(known, name)) return known[name] ?? null;
    // While parsing not all of it is known yet.
    if (required && this.#scope.execute) return missing(this.#scope, name);
    return fallback ?? null;
  }
}

/** Hooks as the original's `Hook` shows them. */
const hookRecords = (hooks: unknown): Value =>
  new ListValue(
    mappingsIn(hooks).map(
      ({ sql, transaction, index }) =>
        new DataRecord('Hook', {
          sql: fromHost(sql),
          transaction: fromHost(transaction),
          index: fromHost(index),
        }),
    ),
  );

const missing = ({ node }: RenderScope, name: string): never =>
  raiseFromTemplate(`Model '${node.uniqueId}' does not define a required config parameter '${name}'.`);
