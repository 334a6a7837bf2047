import type { LoadedProject } from '../load/load-project.ts';

/** One statement of `on-run-start` or `on-run-end`. */
export interface ProjectHook {
  readonly uniqueId: string;
  readonly packageName: string;
  /** As the original names it: `<project>.on-run-start.0`, counted over all packages. */
  readonly name: string;
  readonly template: string;
}

export type HookOccasion = 'on-run-start' | 'on-run-end';

/** Hooks of all packages in the order they run: packages by name, the root last (`task/run.py`, `_hook_keyfunc`). */
export function projectHooks({ graph }: LoadedProject, occasion: HookOccasion): ProjectHook[] {
  const [root, ...others] = graph.packages;
  const sorted = others.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const hooks = [...sorted, ...(root ? [root] : [])].flatMap(({ name, settings }) =>
    (occasion === 'on-run-start' ? settings.onRunStart : settings.onRunEnd).map((template, index) => ({
      uniqueId: `operation.${name}.${name}-${occasion}-${index}`,
      packageName: name,
      template,
    })),
  );
  return hooks.map((hook, index) => ({ ...hook, name: `${hook.packageName}.${occasion}.${index}` }));
}
