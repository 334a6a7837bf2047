import { type ArrowFunctionExpression, type Function as FunctionNode, Visitor } from 'oxc-parser';
import type { Problem } from './import-rules.ts';
import type { SourceFile } from './source-file.ts';

const maxFileLines = 400;
const maxFunctionLines = 60;

/** Files over 400 lines and functions over 60. Suites of tests are functions only in form, so `describe` is let off. */
export function checkSizes(files: readonly SourceFile[]): Problem[] {
  return files.flatMap((file) => [...fileProblem(file), ...functionProblems(file)]);
}

function linesOf(text: string): number {
  return text.split('\n').length;
}

function fileProblem(file: SourceFile): Problem[] {
  const lines = linesOf(file.text) - 1;
  return lines > maxFileLines ? [`${file.path} has ${lines} lines, more than ${maxFileLines}`] : [];
}

function functionProblems(file: SourceFile): Problem[] {
  const problems: Problem[] = [];
  if (file.path.endsWith('.test.ts') || file.path.startsWith('test/')) return problems;
  const check = (node: FunctionNode | ArrowFunctionExpression): void => {
    const lines = linesOf(file.text.slice(node.start, node.end));
    if (lines <= maxFunctionLines) return;
    const at = linesOf(file.text.slice(0, node.start));
    problems.push(`${file.path}:${at} has a function of ${lines} lines, more than ${maxFunctionLines}`);
  };
  new Visitor({
    FunctionDeclaration: check,
    FunctionExpression: check,
    ArrowFunctionExpression: check,
  }).visit(file.program);
  return problems;
}
