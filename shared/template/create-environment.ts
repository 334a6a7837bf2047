import { engine } from './evaluate/engine.ts';
import type { LoadedTemplate, Surroundings } from './evaluate/run.ts';
import { placeOf } from './failures/place.ts';
import { TemplateError } from './failures/template-error.ts';
import { TemplateFault } from './failures/template-fault.ts';
import { builtInFilters } from './filters/built-in-filters.ts';
import { builtInGlobals } from './globals/built-in-globals.ts';
import { normaliseSource } from './lexer/normalise-source.ts';
import { tokenize } from './lexer/tokenize.ts';
import { defaultLimits, type Limits } from './limits/limits.ts';
import { parseTemplate } from './parser/parse-template.ts';
import type { MacroTag } from './parser/parser-state.ts';
import { type SyntaxTree, syntaxVersion } from './syntax/syntax-tree.ts';
import { Template } from './template.ts';
import { builtInTests } from './tests/built-in-tests.ts';
import type { FilterFunction, TestFunction } from './values/call-site.ts';
import type { UndefinedBehaviour } from './values/undefined-value.ts';
import type { Value } from './values/value.ts';
import { after, type Wait } from './values/wait.ts';

/** All of it may be left out. Names given here win over the built-in ones. */
export interface EnvironmentOptions {
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
  readonly keepTrailingNewline?: boolean;
  readonly undefinedBehaviour?: UndefinedBehaviour;
  readonly globals?: Readonly<Record<string, Value>> | ReadonlyMap<string, Value>;
  readonly filters?: Readonly<Record<string, FilterFunction>>;
  readonly tests?: Readonly<Record<string, TestFunction>>;
  /** Tags of the host that define macros, e.g. `{ test: { prefix: 'test_', arguments: 'signature' } }`. */
  readonly macroTags?: Readonly<Record<string, MacroTag>>;
  /** Source of a template that another one includes, imports or extends; undefined when there is none. */
  readonly loader?: (name: string) => Wait<string | undefined>;
  readonly limits?: Partial<Limits>;
}

/** Parses templates and knows what they all may use. Cheap to keep, safe to share between renders. */
export class Environment {
  readonly #options: EnvironmentOptions;
  readonly #macroTags: ReadonlyMap<string, MacroTag>;
  readonly #surroundings: Surroundings;
  readonly #loaded = new Map<string, { text: string; template: Template }>();

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#macroTags = new Map(Object.entries(options.macroTags ?? {}));
    this.#surroundings = {
      engine,
      limits: { ...defaultLimits, ...options.limits },
      globals: new Map([...builtInGlobals, ...entriesOf(options.globals ?? {})]),
      filters: new Map([...builtInFilters, ...Object.entries(options.filters ?? {})]),
      tests: new Map([...builtInTests, ...Object.entries(options.tests ?? {})]),
      undefinedBehaviour: options.undefinedBehaviour ?? 'default',
      load: (name) => this.#load(name),
    };
  }

  /**
   * Parses a template.
   *
   * @param fileName for messages.
   * @throws TemplateError with code TEMPLATE_SYNTAX.
   */
  parse(source: string, fileName: string): Template {
    const { trimBlocks = false, lstripBlocks = false, keepTrailingNewline = false } = this.#options;
    const text = normaliseSource(source, keepTrailingNewline);
    try {
      const tokens = tokenize(text, { trimBlocks, lstripBlocks, keepTrailingNewline });
      const { filters: filterNames, tests: testNames } = this.#surroundings;
      const body = parseTemplate(tokens, { macroTags: this.#macroTags, filterNames, testNames });
      return this.fromTree({ version: syntaxVersion, file: fileName, source: text, body });
    } catch (thrown) {
      throw parseError(thrown, fileName, text);
    }
  }

  /** Makes a template of a tree that `template.tree` gave earlier, e.g. one kept in a cache. */
  fromTree(tree: SyntaxTree): Template {
    return new Template(tree, this.#surroundings);
  }

  #load(name: string): Wait<LoadedTemplate | undefined> {
    return after(this.#options.loader?.(name), (source) => {
      if (source === undefined) return undefined;
      const known = this.#loaded.get(name);
      if (known !== undefined && known.text === source) return known.template.tree;
      const template = this.parse(source, name);
      this.#loaded.set(name, { text: source, template });
      return template.tree;
    });
  }
}

function entriesOf(
  values: Readonly<Record<string, Value>> | ReadonlyMap<string, Value>,
): Iterable<[string, Value]> {
  return values instanceof Map ? values.entries() : Object.entries(values);
}

function parseError(thrown: unknown, file: string, source: string): TemplateError {
  if (thrown instanceof TemplateFault) {
    return new TemplateError(
      thrown.kind,
      thrown.problem,
      placeOf(file, source, thrown.offset ?? 0),
      [],
      undefined,
    );
  }
  const problem = thrown instanceof RangeError ? 'nested too deep or too large' : 'the parser failed';
  return new TemplateError('syntax', problem, placeOf(file, source, 0), [], thrown);
}

/** Makes an environment. @see EnvironmentOptions */
export function createEnvironment(options: EnvironmentOptions = {}): Environment {
  return new Environment(options);
}
