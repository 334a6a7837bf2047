/** Every node knows its offset in the source. Nodes are plain data: they survive `v8.serialize` and structured clone. */
interface Node {
  readonly at: number;
}

export interface Constant extends Node {
  readonly kind: 'constant';
  readonly value: null | boolean | bigint | number | string;
}
export interface Name extends Node {
  readonly kind: 'name';
  readonly name: string;
}
export interface ListLiteral extends Node {
  readonly kind: 'list';
  readonly items: readonly Expression[];
}
export interface TupleLiteral extends Node {
  readonly kind: 'tuple';
  readonly items: readonly Expression[];
}
export interface DictLiteral extends Node {
  readonly kind: 'dict';
  readonly pairs: readonly { readonly key: Expression; readonly value: Expression }[];
}
export interface AttributeAccess extends Node {
  readonly kind: 'attribute';
  readonly object: Expression;
  readonly name: string;
}
export interface ItemAccess extends Node {
  readonly kind: 'item';
  readonly object: Expression;
  readonly key: Expression;
}
/** Only inside an item access. */
export interface Slice extends Node {
  readonly kind: 'slice';
  readonly start: Expression | null;
  readonly stop: Expression | null;
  readonly step: Expression | null;
}
/** Arguments as written between parentheses. */
export interface CallArguments {
  readonly positional: readonly Expression[];
  readonly named: readonly { readonly name: string; readonly value: Expression }[];
  /** `*expression` */
  readonly spread: Expression | null;
  /** `**expression` */
  readonly namedSpread: Expression | null;
}
export interface Call extends Node {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly arguments: CallArguments;
}
export interface Filter extends Node {
  readonly kind: 'filter';
  /** Null stands for the text of a filter block or set block. */
  readonly input: Expression | null;
  readonly name: string;
  readonly arguments: CallArguments;
}
export interface Test extends Node {
  readonly kind: 'test';
  readonly input: Expression;
  readonly name: string;
  readonly arguments: CallArguments;
}
export interface Unary extends Node {
  readonly kind: 'unary';
  readonly operator: '-' | '+' | 'not';
  readonly operand: Expression;
}
export interface Binary extends Node {
  readonly kind: 'binary';
  readonly operator: '+' | '-' | '*' | '/' | '//' | '%' | '**';
  readonly left: Expression;
  readonly right: Expression;
}
export interface Logical extends Node {
  readonly kind: 'logical';
  readonly operator: 'and' | 'or';
  readonly left: Expression;
  readonly right: Expression;
}
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';
export interface Comparison extends Node {
  readonly kind: 'comparison';
  readonly first: Expression;
  readonly rest: readonly { readonly operator: ComparisonOperator; readonly operand: Expression }[];
}
export interface Concatenation extends Node {
  readonly kind: 'concatenation';
  readonly parts: readonly Expression[];
}
export interface Conditional extends Node {
  readonly kind: 'conditional';
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression | null;
}

export type Expression =
  | Constant
  | Name
  | ListLiteral
  | TupleLiteral
  | DictLiteral
  | AttributeAccess
  | ItemAccess
  | Slice
  | Call
  | Filter
  | Test
  | Unary
  | Binary
  | Logical
  | Comparison
  | Concatenation
  | Conditional;
