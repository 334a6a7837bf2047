import type { Expression } from '../syntax/expression.ts';
import type { Output, Statement } from '../syntax/statement.ts';
import { toText } from '../values/to-text.ts';
import type { Value } from '../values/value.ts';
import { after, type Wait } from '../values/wait.ts';
import { executeDo, executeFilterBlock, executeSet, executeSetBlock, executeWith } from './assignment.ts';
import { evaluateCall } from './call.ts';
import { evaluateDict, evaluateList, evaluateTuple } from './containers.ts';
import { evaluateFilter, evaluateTest } from './filter-and-test.ts';
import { executeFor } from './for-loop.ts';
import type { Frame } from './frame.ts';
import { executeIf } from './if.ts';
import { executeFromImport, executeImport, executeInclude } from './imports.ts';
import { executeBlock, executeExtends, isDiscarding } from './inheritance.ts';
import { executeCallBlock, executeMacro } from './macro.ts';
import { evaluateName } from './name.ts';
import {
  evaluateBinary,
  evaluateComparison,
  evaluateConcatenation,
  evaluateConditional,
  evaluateLogical,
  evaluateUnary,
} from './operators.ts';
import type { Engine, Flow } from './run.ts';
import { evaluateAttribute, evaluateItem } from './subscript.ts';

/** Walks the tree. Everything happens at once until something answers a promise; only what follows then waits. */
export const engine: Engine = { evaluate, execute };

function evaluate(node: Expression, frame: Frame): Wait<Value> {
  const { budget } = frame.run;
  budget.step();
  if (node.kind === 'constant') return node.value;
  if (node.kind === 'name') return evaluateName(node, frame);
  budget.enter();
  const value = evaluateCompound(node, frame);
  budget.leave();
  return value;
}

function evaluateCompound(
  node: Exclude<Expression, { kind: 'constant' | 'name' }>,
  frame: Frame,
): Wait<Value> {
  switch (node.kind) {
    case 'attribute':
      return evaluateAttribute(node, frame);
    case 'item':
      return evaluateItem(node, frame);
    case 'call':
      return evaluateCall(node, frame);
    case 'filter':
      return evaluateFilter(node, frame);
    case 'test':
      return evaluateTest(node, frame);
    case 'list':
      return evaluateList(node, frame);
    case 'tuple':
      return evaluateTuple(node, frame);
    case 'dict':
      return evaluateDict(node, frame);
    case 'unary':
      return evaluateUnary(node, frame);
    case 'binary':
      return evaluateBinary(node, frame);
    case 'logical':
      return evaluateLogical(node, frame);
    case 'comparison':
      return evaluateComparison(node, frame);
    case 'concatenation':
      return evaluateConcatenation(node, frame);
    case 'conditional':
      return evaluateConditional(node, frame);
    case 'slice':
      return null;
  }
}

function execute(nodes: readonly Statement[], frame: Frame): Wait<Flow> {
  const { budget } = frame.run;
  budget.enter();
  const flow = executeFrom(nodes, 0, frame);
  budget.leave();
  return flow;
}

function executeFrom(nodes: readonly Statement[], start: number, frame: Frame): Wait<Flow> {
  for (let index = start; index < nodes.length; index += 1) {
    const node = nodes[index];
    if (node === undefined) break;
    const flow = executeOne(node, frame);
    if (flow instanceof Promise) return flow.then((done) => done ?? executeFrom(nodes, index + 1, frame));
    if (flow !== undefined) return flow;
  }
  return undefined;
}

function executeOne(node: Statement, frame: Frame): Wait<Flow> {
  frame.run.budget.step();
  switch (node.kind) {
    case 'text':
      if (!isDiscarding(frame)) frame.output.append(node.text);
      return undefined;
    case 'output':
      return executeOutput(node, frame);
    case 'if':
      return executeIf(node, frame);
    case 'for':
      return executeFor(node, frame);
    case 'set':
      return executeSet(node, frame);
    case 'do':
      return executeDo(node, frame);
    case 'break':
    case 'continue':
      return node.kind;
    default:
      return executeBlockLike(node, frame);
  }
}

type BlockLike = Exclude<
  Statement,
  { kind: 'text' | 'output' | 'if' | 'for' | 'set' | 'do' | 'break' | 'continue' }
>;

function executeBlockLike(node: BlockLike, frame: Frame): Wait<Flow> {
  switch (node.kind) {
    case 'macro':
      return executeMacro(node, frame);
    case 'callBlock':
      return executeCallBlock(node, frame);
    case 'setBlock':
      return executeSetBlock(node, frame);
    case 'filterBlock':
      return executeFilterBlock(node, frame);
    case 'with':
      return executeWith(node, frame);
    case 'include':
      return executeInclude(node, frame);
    case 'import':
      return executeImport(node, frame);
    case 'fromImport':
      return executeFromImport(node, frame);
    case 'extends':
      return executeExtends(node, frame);
    case 'block':
      return executeBlock(node, frame);
  }
}

function executeOutput(node: Output, frame: Frame): Wait<Flow> {
  if (isDiscarding(frame)) return undefined;
  return after(evaluate(node.expression, frame), (value) => {
    frame.run.mark(frame, node.at);
    frame.output.append(toText(value, frame.run.budget));
    return undefined;
  });
}
