import { createEnvironment, type Environment } from '#shared/template/create-environment.ts';
import { TemplateError } from '#shared/template/failures/template-error.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { returnFunction } from '#shared/template/host/return-function.ts';
import type { MacroInfo, Template } from '#shared/template/template.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { Wait } from '#shared/template/values/wait.ts';
import type { ProjectFile } from '../project/project-files.ts';
import type { ProblemList } from '../project/project-problem.ts';
import { atOnce } from './at-once.ts';

/** Where a render's names come from. */
export interface Names {
  get(name: string): Value | undefined;
  /** What the host means by a name, whatever macros of that name there are. */
  host?(name: string): Value | undefined;
}

/** The environment of all templates of a project: tags that define macros, and `return`. */
export function projectEnvironment(): Environment {
  return createEnvironment({
    globals: { return: returnFunction },
    macroTags: {
      test: { prefix: 'test_', arguments: 'signature' },
      data_test: { prefix: 'test_', arguments: 'signature' },
      materialization: { prefix: 'materialization_', arguments: 'options' },
    },
  });
}

/** A macro and where it comes from. */
export interface MacroEntry {
  readonly name: string;
  readonly packageName: string;
  readonly file: string;
  readonly info: MacroInfo;
  readonly template: Template;
}

/** Package of the macros that every project has; also what templates call it. */
export const BUILT_IN_PACKAGE = 'dbt';

/**
 * Macros of a project, its packages and the engine.
 *
 * An unqualified name is looked for as the original does (`MacroNamespace`): in the package of the node being
 * rendered, in the root project, then the name is a package's, then among the built-in ones.
 */
export class MacroLibrary {
  readonly #packages = new Map<string, Map<string, MacroEntry>>();
  readonly #root: string;
  readonly #dispatch: ReadonlyMap<string, readonly string[]>;

  /** @param dispatch search order by macro namespace, as the root project configures it. */
  constructor(root: string, dispatch: ReadonlyMap<string, readonly string[]>) {
    this.#root = root;
    this.#dispatch = dispatch;
  }

  /** Parses files of macros; one that does not parse is a problem, and two of one name, as in the original. */
  add(
    packageName: string,
    environment: Environment,
    files: readonly ProjectFile[],
    problems: ProblemList,
  ): void {
    for (const file of files) {
      try {
        const template = environment.parse(file.text, file.path);
        this.#complainOfRepeated(packageName, template, file, problems);
        this.addTemplate(packageName, template, file.path);
      } catch (error) {
        problems.broken.addMacros(file.text);
        addTemplateProblem(error, file.path, problems);
      }
    }
  }

  #complainOfRepeated(
    packageName: string,
    template: Template,
    { path: file, text }: ProjectFile,
    problems: ProblemList,
  ): void {
    const known = new Map(this.#packages.get(packageName));
    for (const info of template.macros) {
      const name = nameOfMacro(info);
      const earlier = known.get(name);
      if (earlier !== undefined) {
        const place = text.search(new RegExp(`\\{%[-+]?\\s*\\w+\\s+${info.name}\\b`));
        const line = text.slice(0, Math.max(0, place)).split('\n').length;
        problems.add(file, line, `a macro named ${name} is already at ${earlier.file}`);
      }
      known.set(name, { name, packageName, file, info, template });
    }
  }

  addTemplate(packageName: string, template: Template, file: string): void {
    const macros = this.#packages.get(packageName) ?? new Map<string, MacroEntry>();
    this.#packages.set(packageName, macros);
    for (const info of template.macros) {
      const name = nameOfMacro(info);
      macros.set(name, { name, packageName, file, info, template });
    }
  }

  /** Every macro, built-in ones included. */
  *all(): Iterable<MacroEntry> {
    for (const macros of this.#packages.values()) yield* macros.values();
  }

  /** @param from package of the node being rendered. */
  find(name: string, from: string): MacroEntry | undefined {
    return this.in(from, name) ?? this.in(this.#root, name) ?? this.in(BUILT_IN_PACKAGE, name);
  }

  in(packageName: string, name: string): MacroEntry | undefined {
    return this.#packages.get(packageName)?.get(name);
  }

  /** `not_null` or `dbt_utils.at_least_one`: the macro of a generic test. */
  test(name: string, from: string): MacroEntry | undefined {
    const [first = '', second] = name.split('.');
    return second === undefined ? this.find(`test_${first}`, from) : this.in(first, `test_${second}`);
  }

  /**
   * A materialisation, as the original prefers them: the root's for the adapter, a package's, the built-in one; and the
   * default one only when none is for the adapter.
   */
  materialization(name: string, dialect: string, from: string): MacroEntry | undefined {
    const found = (adapter: string): MacroEntry | undefined => {
      const macro = `materialization_${name}_${adapter}`;
      const others = [...this.#packages.keys()].filter((key) => key !== BUILT_IN_PACKAGE);
      const packages = [this.#root, from, ...others, BUILT_IN_PACKAGE];
      return packages.map((key) => this.in(key, macro)).find((entry) => entry !== undefined);
    };
    return found(dialect) ?? found('default');
  }

  /** What a name means in templates: a macro, or a package whose attributes are macros. */
  value(name: string, from: string, names: Names): Value | undefined {
    const own = this.in(from, name) ?? this.in(this.#root, name);
    if (own) return macroValue(own, names);
    const space = this.#packages.get(name);
    if (space) return new MacroNamespace(name, space, names);
    const builtIn = this.in(BUILT_IN_PACKAGE, name);
    return builtIn && macroValue(builtIn, names);
  }

  /** Calls a macro from the host. @throws TemplateError, also when there is no such macro. */
  call(name: string, from: string, kwargs: ReadonlyMap<string, Value>, names: Names): Value {
    return atOnce(this.callEntry(this.find(name, from), name, [], kwargs, names));
  }

  callEntry(
    entry: MacroEntry | undefined,
    name: string,
    args: readonly Value[],
    kwargs: ReadonlyMap<string, Value>,
    names: Names,
  ): Wait<Value> {
    if (!entry) throw new TemplateError('notFound', `there is no macro '${name}'`, NOWHERE);
    return entry.template.callMacro(entry.info.name, args, kwargs, names, { alone: true });
  }

  /**
   * What `adapter.dispatch(name, namespace)` calls. Packages first, then prefixes: the root's `default__x` wins over the
   * package's `postgres__x`.
   */
  dispatched(
    name: string,
    namespace: string | undefined,
    dialect: string,
    from: string,
  ): MacroEntry | undefined {
    const prefixed = [`${dialect}__${name}`, `default__${name}`];
    if (namespace === undefined)
      return firstOf(prefixed, (macro) => this.find(macro, from) ?? this.#anywhere(macro));
    const order = this.#dispatch.get(namespace) ?? [this.#root, namespace];
    return firstOf(order, (packageName) => firstOf(prefixed, (macro) => this.in(packageName, macro)));
  }

  #anywhere(name: string): MacroEntry | undefined {
    return firstOf([...this.#packages.keys()], (packageName) => this.in(packageName, name));
  }
}

/** A macro that sees the names of one render and nothing of the file it stands in. */
export function macroValue(entry: MacroEntry, names: Names): Value | undefined {
  return entry.template.macro(entry.info.name, names, { alone: true });
}

/** Macros of the original's that are functions of the host here; `dbt.run_query(…)` calls them too. */
const OF_THE_HOST = new Set(['statement', 'run_query', 'is_incremental']);

const bindGet = parameters('get', 'key', 'default?');

/** `dbt_utils.star(…)`: a package's macros by attribute. */
class MacroNamespace extends HostObject {
  readonly typeName = 'MacroNamespace';
  readonly #name: string;
  readonly #macros: ReadonlyMap<string, MacroEntry>;
  readonly #names: Names;

  constructor(name: string, macros: ReadonlyMap<string, MacroEntry>, names: Names) {
    super();
    this.#name = name;
    this.#macros = macros;
    this.#names = names;
  }

  override getAttr(name: string): Value | undefined {
    return this.#macro(name) ?? this.#method(name);
  }

  #macro(name: string): Value | undefined {
    const entry = this.#macros.get(name);
    if (entry !== undefined) return macroValue(entry, this.#names);
    return this.#name === BUILT_IN_PACKAGE && OF_THE_HOST.has(name) ? this.#names.host?.(name) : undefined;
  }

  /** What a namespace of the original can do because it is a dictionary. */
  #method(name: string): Value | undefined {
    if (name === 'keys') return hostFunction(name, () => new ListValue([...this.iterate()]));
    if (name !== 'get') return undefined;
    return hostFunction(name, (call) => {
      const [key = null, fallback = null] = bindGet(call);
      return this.getItem(key) ?? fallback;
    });
  }

  override contains(item: Value): boolean {
    return typeof item === 'string' && this.#macro(item) !== undefined;
  }

  override *iterate(): Iterable<Value> {
    yield* this.#macros.keys();
  }

  override size(): number {
    return this.#macros.size;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' ? this.#macro(key) : undefined;
  }

  override toText(): string {
    return this.#name;
  }
}

const nameOfMacro = (info: MacroInfo): string =>
  info.tag === 'materialization' ? materializationName(info) : info.name;

/** `materialization_<name>_<adapter or default>`, as the original names them. */
function materializationName(info: MacroInfo): string {
  const adapter = info.node.options.find(({ name }) => name === 'adapter')?.value;
  const dialect =
    adapter?.kind === 'constant' && typeof adapter.value === 'string' ? adapter.value : 'default';
  return `${info.name}_${dialect}`;
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const NOWHERE = { file: '', line: 1, column: 1, lineText: '' };

/**
 * Enters a template's failure into the list of problems, at the place it names; not that a macro is missing whose own file has a
 * problem.
 */
export function addTemplateProblem(error: unknown, file: string, problems: ProblemList): void {
  if (!(error instanceof TemplateError)) throw error;
  const missing = /^'(\w+)' is undefined$/.exec(error.problem)?.[1];
  if (missing !== undefined && problems.broken.hasMacro(missing)) return;
  const known = error.file !== '' && !error.file.startsWith(BUILT_IN_FILES);
  const outer = error.macroStack.at(-1)?.calledFrom;
  const called =
    outer === undefined || outer.file === error.file ? '' : ` (called from ${outer.file}:${outer.line})`;
  if (known) problems.add(error.file, error.line, `${error.problem}${called}`, error.column);
  else problems.add(outer?.file || file, outer?.line ?? 1, error.problem, outer?.column);
}

/** How the names of files with built-in macros begin. */
export const BUILT_IN_FILES = 'built-in ';
