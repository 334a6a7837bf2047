import { collectCalls } from '#shared/template/analysis/collect-calls.ts';
import { collectNames } from '#shared/template/analysis/collect-names.ts';
import type { SyntaxTree } from '#shared/template/syntax/syntax-tree.ts';
import type { MacroEntry } from '../compile/macro-library.ts';
import type { LoadedProject } from '../load/load-project.ts';

/** Unique ids of the macros a template names, in the order they are named. Empty when it does not parse. */
export function macrosOf(
  project: LoadedProject,
  sql: string,
  { packageName, file }: { readonly packageName: string; readonly file: string },
): string[] {
  // Most models call nothing: a template is parsed only when something in it can be a call.
  if (!/\{[{%]/.test(sql)) return [];
  return macrosIn(project, project.environment.parse(sql, file), packageName);
}

/** The same of a template that is parsed. */
export function macrosIn(
  project: LoadedProject,
  template: { readonly tree: SyntaxTree },
  from: string,
): string[] {
  const { library, target } = project.scope;
  const found = new Set<string>();
  const add = (entry: MacroEntry | undefined): void => {
    if (entry) found.add(macroId(entry));
  };
  for (const name of collectNames(template)) {
    const [first = '', second, ...more] = name.split('.');
    if (more.length > 0) continue;
    add(second === undefined ? library.find(first, from) : library.in(first, second));
  }
  for (const { args } of collectCalls(template, ['adapter.dispatch'])) {
    const [name, namespace] = args;
    if (typeof name !== 'string') continue;
    add(library.dispatched(name, typeof namespace === 'string' ? namespace : undefined, target.type, from));
  }
  return [...found];
}

/** `macro.<package>.<name>` */
export const macroId = ({ packageName, name }: Pick<MacroEntry, 'packageName' | 'name'>): string =>
  `macro.${packageName}.${name}`;
