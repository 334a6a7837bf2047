import { Frame, type NameSource } from './evaluate/frame.ts';
import { guarded } from './evaluate/guarded.ts';
import { executeTemplate } from './evaluate/inheritance.ts';
import { MacroValue } from './evaluate/macro-value.ts';
import { Output } from './evaluate/output.ts';
import { noKwargs, Run, type Surroundings } from './evaluate/run.ts';
import { TemplateFault } from './failures/template-fault.ts';
import type { Macro } from './syntax/statement.ts';
import type { SyntaxTree } from './syntax/syntax-tree.ts';
import type { Value } from './values/value.ts';
import { after, type Wait } from './values/wait.ts';

/** Names a template may use besides those it sets: a Map or anything else with `get`, or a plain record. */
export type Context = NameSource | Readonly<Record<string, Value>>;

/** A macro at the top level of a template. */
export interface MacroInfo {
  readonly name: string;
  /** `macro`, or the tag of the host it was written with. */
  readonly tag: string;
  readonly parameters: readonly string[];
  readonly node: Macro;
}

/** How a macro is taken out of its template. */
export interface MacroOptions {
  /** It does not see the other macros of its template, only what the context names. */
  readonly alone?: boolean;
}

/** A parsed template. Holds no state of renders. */
export class Template {
  readonly tree: SyntaxTree;
  readonly macros: readonly MacroInfo[];
  readonly #surroundings: Surroundings;

  constructor(tree: SyntaxTree, surroundings: Surroundings) {
    this.tree = tree;
    this.#surroundings = surroundings;
    this.macros = tree.body
      .filter((node) => node.kind === 'macro')
      .map((node) => ({
        name: node.name,
        tag: node.tag,
        parameters: node.parameters.map((parameter) => parameter.name),
        node,
      }));
  }

  /**
   * Renders at once, or, when a function of the host answered a promise, later.
   *
   * @throws TemplateError, or answers a promise rejected with one.
   */
  render(context: Context = {}): Wait<string> {
    const run = new Run(this.#surroundings, this.tree);
    const output = new Output(run.budget);
    const root = this.#root(run, output, context);
    return guarded(run, () => after(executeTemplate(this.tree, root), () => output.text));
  }

  /**
   * A macro as a value to give to templates. Runs in the render that calls it. It sees the context, the macros of
   * this template and the globals; nothing else of this template runs.
   *
   * @returns undefined when there is no such macro.
   */
  macro(name: string, context: Context = {}, { alone = false }: MacroOptions = {}): MacroValue | undefined {
    const run = new Run(this.#surroundings, this.tree);
    const root = this.#root(run, new Output(run.budget), context);
    const siblings = new Map<string, Value>();
    const frame = new Frame({
      run,
      unit: this.tree,
      output: root.output,
      source: alone ? root.source : fallingBack(root.source, siblings),
    });
    for (const info of this.macros)
      if (!alone || info.name === name)
        siblings.set(info.name, new MacroValue(info.name, info.node, frame, true));
    const macro = siblings.get(name);
    return macro instanceof MacroValue ? macro : undefined;
  }

  /**
   * Calls a macro from the host.
   *
   * @returns its text, or the value it returned by `return()`.
   * @throws TemplateError, or answers a promise rejected with one; code TEMPLATE_NOT_FOUND when there is no such macro.
   */
  callMacro(
    name: string,
    args: readonly Value[] = [],
    kwargs: ReadonlyMap<string, Value> = noKwargs,
    context: Context = {},
    options: MacroOptions = {},
  ): Wait<Value> {
    const run = new Run(this.#surroundings, this.tree);
    return guarded(run, () => {
      const macro = this.macro(name, context, options);
      if (macro === undefined) throw new TemplateFault('notFound', `there is no macro '${name}'`, 0);
      return run.invoke(macro, args, kwargs);
    });
  }

  #root(run: Run, output: Output, context: Context): Frame {
    const source = fallingBack(sourceOf(context), this.#surroundings.globals);
    return new Frame({ run, unit: this.tree, output, source });
  }
}

function sourceOf(context: Context): NameSource {
  if (isNameSource(context)) return context;
  return new Map(Object.entries(context));
}

function isNameSource(context: Context): context is NameSource {
  return typeof context['get' as keyof Context] === 'function';
}

function fallingBack(first: NameSource | undefined, second: NameSource): NameSource {
  return {
    get: (name) => {
      // Not `??`: a name may well have the value None.
      const value = first?.get(name);
      return value === undefined ? second.get(name) : value;
    },
  };
}
