import type { CallArguments, Expression, Filter } from './expression.ts';

interface Node {
  readonly at: number;
}

/** What `set`, `for` and `with` assign to. */
export type Target =
  | { readonly kind: 'nameTarget'; readonly at: number; readonly name: string }
  | {
      readonly kind: 'namespaceTarget';
      readonly at: number;
      readonly namespace: string;
      readonly attribute: string;
    }
  | { readonly kind: 'tupleTarget'; readonly at: number; readonly targets: readonly Target[] };

export interface Text extends Node {
  readonly kind: 'text';
  readonly text: string;
}
export interface Output extends Node {
  readonly kind: 'output';
  readonly expression: Expression;
}
export interface If extends Node {
  readonly kind: 'if';
  readonly branches: readonly { readonly condition: Expression; readonly body: readonly Statement[] }[];
  readonly otherwise: readonly Statement[];
}
export interface For extends Node {
  readonly kind: 'for';
  readonly target: Target;
  readonly iterable: Expression;
  readonly condition: Expression | null;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
  readonly recursive: boolean;
}
export interface Parameter {
  readonly name: string;
  readonly defaultValue: Expression | null;
}
/** What a macro and the body of a call block share. */
export interface Callable extends Node {
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  /** The body mentions `caller`, `varargs`, `kwargs`, so such arguments are accepted. */
  readonly usesCaller: boolean;
  readonly usesVarargs: boolean;
  readonly usesKwargs: boolean;
}
export interface Macro extends Callable {
  readonly kind: 'macro';
  /** Name the macro is known by; custom tags put their prefix before it. */
  readonly name: string;
  /** The tag it was written with: `macro`, or one of the environment's macro tags. */
  readonly tag: string;
  /** Named options of a custom tag, e.g. `adapter='postgres'`; a bare word has a null value. */
  readonly options: readonly { readonly name: string; readonly value: Expression | null }[];
}
export interface CallBlock extends Callable {
  readonly kind: 'callBlock';
  readonly call: { readonly at: number; readonly callee: Expression; readonly arguments: CallArguments };
}
export interface FilterBlock extends Node {
  readonly kind: 'filterBlock';
  readonly filter: Filter;
  readonly body: readonly Statement[];
}
export interface Assignment extends Node {
  readonly kind: 'set';
  readonly target: Target;
  readonly value: Expression;
}
export interface SetBlock extends Node {
  readonly kind: 'setBlock';
  readonly target: Target;
  readonly filter: Filter | null;
  readonly body: readonly Statement[];
}
export interface With extends Node {
  readonly kind: 'with';
  readonly assignments: readonly { readonly target: Target; readonly value: Expression }[];
  readonly body: readonly Statement[];
}
export interface Do extends Node {
  readonly kind: 'do';
  readonly expression: Expression;
}
export interface LoopControl extends Node {
  readonly kind: 'break' | 'continue';
}
export interface Include extends Node {
  readonly kind: 'include';
  readonly template: Expression;
  readonly ignoreMissing: boolean;
  readonly withContext: boolean;
}
export interface Import extends Node {
  readonly kind: 'import';
  readonly template: Expression;
  readonly name: string;
  readonly withContext: boolean;
}
export interface FromImport extends Node {
  readonly kind: 'fromImport';
  readonly template: Expression;
  readonly names: readonly { readonly name: string; readonly alias: string }[];
  readonly withContext: boolean;
}
export interface Extends extends Node {
  readonly kind: 'extends';
  readonly template: Expression;
}
export interface Block extends Node {
  readonly kind: 'block';
  readonly name: string;
  readonly scoped: boolean;
  readonly required: boolean;
  readonly body: readonly Statement[];
}

export type Statement =
  | Text
  | Output
  | If
  | For
  | Macro
  | CallBlock
  | FilterBlock
  | Assignment
  | SetBlock
  | With
  | Do
  | LoopControl
  | Include
  | Import
  | FromImport
  | Extends
  | Block;
