import { type MemberExpression, type Node, type ObjectPattern, Visitor } from 'oxc-parser';
import type { Problem } from './import-rules.ts';
import type { SourceFile } from './source-file.ts';

/** Members of `process` that decide settings, signals and the end of the program. */
const guarded = new Set(['env', 'on', 'once', 'addListener', 'exit', 'exitCode', 'abort', 'argv']);

/**
 * Only a `main.ts` reads the environment, hears signals and ends the process. So do tests, the bootstrap, and the
 * commands in dev/checks that package.json starts.
 */
export function checkProcessUse(files: readonly SourceFile[]): Problem[] {
  return files.filter((file) => !isExempt(file.path)).flatMap(problemsOf);
}

function isExempt(path: string): boolean {
  return (
    /(^|\/)main\.ts$/.test(path) ||
    path.endsWith('.test.ts') ||
    /^(test|bootstrap)\//.test(path) ||
    ['dev/checks/run-tests.ts', 'dev/checks/check-source.ts', 'vitest.config.ts'].includes(path)
  );
}

function problemsOf(file: SourceFile): Problem[] {
  const problems: Problem[] = [];
  const complain = (what: string, at: number): void => {
    const line = file.text.slice(0, at).split('\n').length;
    problems.push(`${file.path}:${line} uses ${what}: only main.ts files do`);
  };
  new Visitor({
    MemberExpression: (node) => {
      const name = nameOf(node);
      if (isProcess(node.object) && name !== undefined && guarded.has(name))
        complain(`process.${name}`, node.start);
    },
    VariableDeclarator: (node) => {
      if (node.init === null || !isProcess(node.init) || node.id.type !== 'ObjectPattern') return;
      for (const name of destructured(node.id))
        if (guarded.has(name)) complain(`process.${name}`, node.start);
    },
    ImportDeclaration: (node) => {
      if (!/^(node:)?process$/.test(node.source.value)) return;
      for (const one of node.specifiers) {
        if (one.type !== 'ImportSpecifier' || one.imported.type !== 'Identifier') continue;
        if (guarded.has(one.imported.name)) complain(`process.${one.imported.name}`, one.start);
      }
    },
  }).visit(file.program);
  return problems;
}

/** `process`, `globalThis.process`. */
function isProcess(node: Node): boolean {
  if (node.type === 'Identifier') return node.name === 'process';
  return node.type === 'MemberExpression' && node.object.type === 'Identifier'
    ? node.object.name === 'globalThis' && nameOf(node) === 'process'
    : false;
}

/** The name in `x.name` and `x['name']`. */
function nameOf(node: MemberExpression): string | undefined {
  if (!node.computed && node.property.type === 'Identifier') return node.property.name;
  if (node.property.type === 'Literal' && typeof node.property.value === 'string') return node.property.value;
  return undefined;
}

function destructured(pattern: ObjectPattern): string[] {
  return pattern.properties.flatMap((one) =>
    one.type === 'Property' && one.key.type === 'Identifier' ? [one.key.name] : [],
  );
}
