import { parameters } from '../host/parameters.ts';
import type { TestFunction } from '../values/call-site.ts';
import { type Ordering, ordered } from '../values/compare.ts';
import { contains } from '../values/contains.ts';
import { equals } from '../values/equals.ts';

const bind = parameters('test', 'other');

const equal: TestFunction = (value, call) => equals(value, bind(call)[0] ?? null, call.state.budget);
const different: TestFunction = (value, call) => !equals(value, bind(call)[0] ?? null, call.state.budget);

function ordering(operator: Ordering): TestFunction {
  return (value, call) => ordered(value, operator, bind(call)[0] ?? null, call.state.budget);
}

export const comparisonTests: ReadonlyMap<string, TestFunction> = new Map<string, TestFunction>([
  ['==', equal],
  ['eq', equal],
  ['equalto', equal],
  ['!=', different],
  ['ne', different],
  ['>', ordering('>')],
  ['gt', ordering('>')],
  ['greaterthan', ordering('>')],
  ['>=', ordering('>=')],
  ['ge', ordering('>=')],
  ['<', ordering('<')],
  ['lt', ordering('<')],
  ['lessthan', ordering('<')],
  ['<=', ordering('<=')],
  ['le', ordering('<=')],
  ['in', (value, call) => contains(bind(call)[0] ?? null, value, call.state.budget)],
  // Small ints and texts are one object each in Python, so sameness of values is close enough.
  ['sameas', (value, call) => Object.is(value, bind(call)[0])],
]);
