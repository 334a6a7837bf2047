import type { SourceFile } from './source-file.ts';

/** A broken rule, in one line that starts with the file. */
export type Problem = string;

/** Files in these folders may import only from these; a folder not named may import everything. */
const reach: readonly { readonly from: RegExp; readonly to: RegExp; readonly why: string }[] = [
  { from: /^shared\//, to: /^shared\//, why: 'shared knows no service, pipeline, cli, dev or test' },
  { from: /^services\//, to: /^(services|shared)\//, why: 'services import only shared' },
  {
    from: /^pipelines\//,
    to: /^(pipelines|shared\/pipeline|shared\/contracts)\//,
    why: 'pipelines hold definitions: they import only shared/pipeline and shared/contracts',
  },
];

const serviceOf = (path: string): string | undefined => /^services\/([^/]+)\//.exec(path)?.[1];
const pipelineOf = (path: string): string | undefined => /^pipelines\/([^/]+)\//.exec(path)?.[1];
const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.startsWith('test/');

/** Who may import what. Tests are free to use the test support; all else holds for them too. */
export function checkImports(files: readonly SourceFile[]): Problem[] {
  return files.flatMap((file) => file.imports.flatMap((edge) => problemsOf(file.path, edge)));
}

function problemsOf(from: string, edge: SourceFile['imports'][number]): Problem[] {
  if (!edge.inProject) return packageProblems(from, edge.target);
  const to = edge.target;
  const problems: Problem[] = [];
  const service = serviceOf(from);
  if (service !== undefined && serviceOf(to) !== undefined && serviceOf(to) !== service) {
    problems.push(`${from} imports ${to}: services never import each other`);
  }
  const pipeline = pipelineOf(from);
  if (pipeline !== undefined && pipelineOf(to) !== undefined && pipelineOf(to) !== pipeline) {
    problems.push(`${from} imports ${to}: pipelines never import each other`);
  }
  if (isTest(from) && /^(test|dev)\//.test(to)) return problems;
  for (const rule of reach) {
    if (rule.from.test(from) && !rule.to.test(to)) problems.push(`${from} imports ${to}: ${rule.why}`);
  }
  if (!isTest(from) && isTest(to)) problems.push(`${from} imports ${to}: only tests import tests`);
  return problems;
}

function packageProblems(from: string, name: string): Problem[] {
  if (name !== 'bullmq' || from.startsWith('shared/queue/')) return [];
  return [`${from} imports bullmq: only shared/queue does`];
}

/**
 * Cycles among project files, each named once, from its alphabetically first file. Types may refer to each other across
 * files, as a recursive type's parts do; what runs may not.
 */
export function checkCycles(files: readonly SourceFile[]): Problem[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.add(nameOf(trail.slice(at)));
    if (at >= 0 || done.has(path)) return;
    for (const edge of byPath.get(path)?.imports ?? []) {
      if (edge.inProject && !edge.typeOnly && byPath.has(edge.target)) visit(edge.target, [...trail, path]);
    }
    done.add(path);
  };
  for (const file of files) visit(file.path, []);
  return [...found].sort();
}

function nameOf(cycle: readonly string[]): Problem {
  const first = [...cycle].sort()[0] ?? '';
  const start = cycle.indexOf(first);
  return [...cycle.slice(start), ...cycle.slice(0, start), first].join(' -> ');
}
