import { TemplateFault } from '../failures/template-fault.ts';
import type { Expression } from '../syntax/expression.ts';
import type { Statement } from '../syntax/statement.ts';
import type { TokenStream } from './token-stream.ts';

/** A tag of the host that defines a macro, e.g. `{% test name(arguments) %} … {% endtest %}`. */
export interface MacroTag {
  /** Put before the written name. */
  readonly prefix: string;
  /** `signature`: parameters in parentheses. `options`: `name, word, key=value …`. */
  readonly arguments: 'signature' | 'options';
}

/** Words whose mention in a macro's body changes what arguments it takes. */
export interface MacroMentions {
  caller: boolean;
  varargs: boolean;
  kwargs: boolean;
}

const deepestNesting = 150;
const longestChain = 600;

/** What the parts of the parser share. */
export class ParserState {
  readonly stream: TokenStream;
  readonly macroTags: ReadonlyMap<string, MacroTag>;
  readonly filterNames: { has(name: string): boolean };
  readonly testNames: { has(name: string): boolean };
  /** Names of blocks met so far: a template may define each once. */
  readonly blockNames = new Set<string>();
  readonly #mentions: MacroMentions[] = [];
  /** Loops around the place being parsed, within the same macro: `break` needs one. */
  loops = 0;
  /** Branches around the place being parsed: an unknown filter there fails only when it is reached, as in Jinja. */
  branches = 0;
  #nesting = 0;
  /** Set by the entry point, because expressions and statements contain each other. */
  readonly rules: GrammarRules;

  constructor(
    stream: TokenStream,
    names: Pick<ParserState, 'macroTags' | 'filterNames' | 'testNames'>,
    rules: GrammarRules,
  ) {
    this.stream = stream;
    this.macroTags = names.macroTags;
    this.filterNames = names.filterNames;
    this.testNames = names.testNames;
    this.rules = rules;
  }

  /** Parses one level deeper, so that no template can exhaust the stack. */
  nested<T>(parse: () => T): T {
    this.#nesting += 1;
    if (this.#nesting > deepestNesting) throw this.stream.fault(`nested deeper than ${deepestNesting}`);
    const parsed = parse();
    this.#nesting -= 1;
    return parsed;
  }

  /** Refuses chains like `a.b.c…` and `a + b + c…` that would nest too deep when evaluated. */
  checkChain(links: number): void {
    if (links > longestChain)
      throw new TemplateFault('syntax', `more than ${longestChain} links in a chain`, this.stream.current.at);
  }

  /** Records that an expression reads a name, for the macros around it. */
  mention(name: string): void {
    if (name !== 'caller' && name !== 'varargs' && name !== 'kwargs') return;
    for (const mentions of this.#mentions) mentions[name] = true;
  }

  /** Parses the body of a macro and tells which special names it reads. */
  collectMentions<T>(parse: () => T): { parsed: T; mentions: MacroMentions } {
    const mentions = { caller: false, varargs: false, kwargs: false };
    const { loops } = this;
    this.loops = 0;
    this.#mentions.push(mentions);
    const parsed = parse();
    this.#mentions.pop();
    this.loops = loops;
    return { parsed, mentions };
  }
}

/** Entry points of the grammar that rules in other files need. */
export interface GrammarRules {
  expression(state: ParserState, withConditional?: boolean): Expression;
  /** Statements up to a tag that starts with one of `ends`; that name is consumed, the rest of its tag is not. */
  body(state: ParserState, ends: readonly string[]): { statements: Statement[]; end: string };
}
